package link

import (
	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/internal/menu"
	"github.com/meshdyno/meshdyno/mesh"
)

// QueueSettings are the knobs of one kind of queue.
type QueueSettings interface {
	// New makes the state of one link: a Gate or a Queue.
	New(link *Settings) (Gate, Queue)
}

// Queues is the menu of queues.
var Queues = menu.Of("queue",
	menu.Row[QueueSettings]{Name: "drop_tail", About: "first come, first served, and no room beyond a limit", New: func() QueueSettings { return &DropTail{Limit: 1000} }},
	menu.Row[QueueSettings]{Name: "red", About: "drops at random, the more the longer the queue is on average (Floyd and Jacobson 1993)", New: func() QueueSettings { return redDefaults() }},
	menu.Row[QueueSettings]{Name: "codel", About: "drops when packets have waited too long for too long (RFC 8289)", New: func() QueueSettings { return codelDefaults() }},
	menu.Row[QueueSettings]{Name: "fq_codel", About: "a CoDel for each flow, served in turn (RFC 8290)", New: func() QueueSettings { return fqCodelDefaults() }},
)

// Gate decides at the entrance; whom it admits is served in order, so that it is
// known at once when each packet leaves.
type Gate interface {
	// Admits answers Arrives, or why not.
	Admits(now mesh.Time, b *Backlog, p Packet, dice *chance.Stream) Fate
}

// Queue decides at the exit too.
type Queue interface {
	// Enter takes a packet in; which one is dropped for it, if any, goes to out.
	Enter(now mesh.Time, p Packet, out *Outbox)
	// Leave takes one out to be sent, or says that all were dropped.
	Leave(now mesh.Time, out *Outbox) (Packet, bool)
	// Empty says that none waits.
	Empty() bool
	// Since is when the queue was last empty.
	Since() mesh.Time
}

// Backlog is what waits for the transmitter, without what it is sending.
type Backlog struct {
	Bytes int64

	waiting []waiting // a ring
	first   int
	count   int
}

type waiting struct {
	leaves mesh.Time
	bytes  int32
}

// Packets is how many wait.
func (b *Backlog) Packets() int { return b.count }

// drain lets those go whose turn has come.
func (b *Backlog) drain(now mesh.Time) {
	for b.count > 0 && b.waiting[b.first].leaves <= now {
		b.Bytes -= int64(b.waiting[b.first].bytes)
		b.first = (b.first + 1) & (len(b.waiting) - 1)
		b.count--
	}
}

func (b *Backlog) add(leaves mesh.Time, bytes int32) {
	if b.count == len(b.waiting) {
		b.double()
	}
	b.waiting[(b.first+b.count)&(len(b.waiting)-1)] = waiting{leaves, bytes}
	b.Bytes += int64(bytes)
	b.count++
}

func (b *Backlog) double() {
	larger := make([]waiting, max(16, 2*len(b.waiting)))
	n := copy(larger, b.waiting[b.first:])
	copy(larger[n:], b.waiting[:b.first])
	b.waiting, b.first = larger, 0
}
