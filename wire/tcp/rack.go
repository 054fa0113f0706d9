package tcp

import (
	"time"

	"github.com/meshdyno/meshdyno/mesh"
)

// rack finds losses by time: what was sent clearly before something that has
// arrived should have arrived too (RFC 8985, section 6).
type rack struct {
	order      int64         // of the latest sent that arrived; the RFC takes RACK.xmit_ts and RACK.end_seq
	trip       time.Duration // RACK.rtt: its round trip
	least      time.Duration // RACK.min_RTT; 0 before the first
	highest    int64         // RACK.fack: the highest position that arrived
	roundEnd   int64         // no second step within a round trip
	multiplier int64         // RACK.reo_wnd_mult, less one
	persists   int           // repairs until it is forgotten
	reordering bool          // was ever seen
}

// delivered learns from a record that is known to have arrived only now (steps
// 1 to 3).
func (k *rack) delivered(now mesh.Time, r *record, s *Segment, n *news) {
	trip := now.Sub(r.at)
	stamped := r.end() <= s.Ack && s.Echo != mesh.Never
	if r.is(again) && (stamped && s.Echo < r.at || trip < k.least) {
		return // this may be the one sent first
	}
	if !r.is(again) {
		if k.least == 0 || trip < k.least {
			k.least = max(trip, 1)
		}
		n.reordered = n.reordered || r.end() < k.highest
	}
	k.highest = max(k.highest, r.end())
	if r.order > k.order {
		k.order, k.trip = r.order, max(trip, 1)
	}
}

// learn takes in what an acknowledgement said of the order (step 3).
func (k *rack) learn(n *news) { k.reordering = k.reordering || n.reordered }

// doubled makes it more patient: what was sent again had arrived (step 4).
func (k *rack) doubled(una, nxt int64) {
	if una < k.roundEnd {
		return
	}
	k.multiplier++
	k.persists, k.roundEnd = 16, nxt
}

// calm counts the repairs without doubles.
func (k *rack) calm() {
	if k.persists > 0 {
		k.persists--
	} else {
		k.multiplier = 0
	}
}

// patience is the reordering window (step 4).
func (k *rack) patience(e *Endpoint) time.Duration {
	if !k.reordering && (e.phase != Steady || e.board.arrived >= threshold) {
		return 0
	}
	return min(time.Duration(k.multiplier+1)*(k.least/4), e.trip.smooth)
}

// search marks what is lost, and sets the alarm for what may be (step 5).
func (k *rack) search(now mesh.Time, e *Endpoint) {
	e.alarms.rackAt = mesh.Never
	patience := k.patience(e)
	for i := e.board.oldest; i != 0; {
		r := e.board.at(i)
		if r.order >= k.order {
			return
		}
		due, newer := r.at.Add(k.trip+patience), r.newer
		if due > now {
			e.alarms.rackAt = due
			return
		}
		e.board.lose(i)
		i = newer
	}
}

// fresh says that a record was sent too short a time ago to be lost.
func (k *rack) fresh(now mesh.Time, e *Endpoint, r *record) bool {
	return r.at.Add(k.trip+k.patience(e)) > now
}
