package tcp

import (
	"math"
	"time"
)

// hystart leaves slow start before packets are lost: when the least round trip
// of a round is clearly above that of the round before (HyStart++, RFC 9406).
// It first grows a quarter as fast for five rounds, and takes it back if the
// round trips shrink again.
type hystart struct {
	end       int64         // of the round: a position; 0 before the first
	last, now time.Duration // the least round trip of the round before, and of this one
	baseline  time.Duration // when the slower growth began
	samples   int           // in this round
	rounds    int           // of the slower growth
	slower    bool          // conservative slow start
}

// The constants of section 4.3.
const (
	leastThreshold    = 4 * time.Millisecond
	greatestThreshold = 16 * time.Millisecond
	thresholdDivisor  = 8
	roundSamples      = 8
	growthDivisor     = 4
	slowerRounds      = 5
)

const noTrip time.Duration = math.MaxInt64

func (h *hystart) reset() { *h = hystart{last: noTrip, now: noTrip, baseline: noTrip} }

// acked grows the window and may end slow start (section 4.2).
func (h *hystart) acked(w *Window, a Ack, limit int) {
	if a.Una >= h.end {
		h.round(w, a.Nxt)
	}
	if a.Trip > 0 {
		h.now = min(h.now, a.Trip)
		h.samples++
	}
	if !w.SlowStart() {
		return
	}
	if h.slower {
		slowStart(w, a.Bytes/growthDivisor, limit)
		if h.samples >= roundSamples && h.now < h.baseline {
			h.slower, h.baseline = false, noTrip
		}
		return
	}
	slowStart(w, a.Bytes, limit)
	if h.samples >= roundSamples && h.longer() {
		h.slower, h.baseline, h.rounds = true, h.now, 0
	}
}

// longer says that the round trips have grown.
func (h *hystart) longer() bool {
	if h.now == noTrip || h.last == noTrip {
		return false
	}
	threshold := min(max(h.last/thresholdDivisor, leastThreshold), greatestThreshold)
	return h.now >= h.last+threshold
}

// round begins one, which ends when what is sent next is acknowledged.
func (h *hystart) round(w *Window, nxt int64) {
	if h.slower {
		h.rounds++
		if h.rounds >= slowerRounds {
			w.Threshold = w.Size // congestion avoidance
		}
	}
	h.end, h.last, h.now, h.samples = nxt, h.now, noTrip, 0
}
