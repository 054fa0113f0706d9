package sim

import (
	"math/bits"

	"github.com/meshdyno/meshdyno/mesh"
)

// engine owns virtual time: what happens next, in the order (time, sequence).
type engine struct {
	now         mesh.Time
	queue       queue
	sequence    uint64
	events      uint64
	fingerprint uint64
}

// at schedules an event. Two events of one moment happen in the order in which
// they were scheduled.
func (e *engine) at(t mesh.Time, k kind, ref uint64) {
	e.sequence++
	e.queue.push(t, e.sequence<<8|uint64(k), ref)
}

// next moves the clock to the next event. The fingerprint rolls over the
// time, sequence, kind and entity of every event, so that two runs that differ
// anywhere differ in it.
func (e *engine) next() (k kind, ref uint64, ok bool) {
	ev, ok := e.queue.pop()
	if !ok {
		return 0, 0, false
	}
	e.now = ev.at
	e.events++
	e.fingerprint = roll(e.fingerprint, uint64(ev.at)^ev.key*0xD6E8FEB86659FD93^ev.ref*0xA0761D6478BD642F)
	return kind(ev.key & 0xff), ev.ref, true
}

// roll folds one word into a hash: FNV's multiply, with a rotation so that the
// high bits come down.
func roll(hash, word uint64) uint64 {
	return bits.RotateLeft64((hash^word)*0x9E3779B97F4A7C15, 29)
}

// kind says what an event is about, and so what its ref names.
type kind uint8

const (
	arrival   kind = iota // of the next request of a traffic class
	thought               // a user of a closed loop is done thinking
	outbound              // a call has passed the caller's proxy
	reach                 // an attempt has crossed the link to the callee
	inbound               // an attempt has passed the callee's proxy
	expiry                // an attempt has waited in line too long
	step                  // a step of a program is done
	core                  // the next job on a shared CPU is done
	leave                 // an answer has passed the callee's proxy
	landing               // an answer has crossed the link back
	answered              // an answer has passed the caller's proxy
	wake                  // a call asked to be woken
	trouble               // a fault begins
	relief                // a fault ends
	measure               // the warm-up is over
	tick                  // the end of an interval of the timeline
	horizon               // the end of the run
	hangUp                // a caller gives up its call
	played                // a visit that a script plays is over
	dialled               // a handshake is over
	publish               // replicas report their load to a proxy that listens
	heardOf               // such a report has crossed the link
	loadAsked             // a question for a replica's load has crossed the link
	loadTold              // and its answer the link back
	probing               // a health check has crossed the link to the callee
	probeBack             // and its answer the link back
	learnt                // proxies learn that a replica is gone, or back
	begun                 // the word that an attempt is worked on has crossed the link back
	withdrawn             // and the one that another is not wanted any more the link there
	rouse                 // what a proxy keeps about a callee asked to be woken
)
