package tcp

import (
	"time"

	"github.com/meshdyno/meshdyno/mesh"
)

// Reno is the congestion control of RFC 5681, counting bytes (RFC 3465).
type Reno struct {
	Limit int `yaml:"byte_counting" min:"0" doc:"segments that one acknowledgement may add in slow start (the L of RFC 3465); all that it acknowledges when 0"`
}

// New makes the state of one sender.
func (s *Reno) New() Control { return &reno{settings: s} }

type reno struct {
	settings *Reno
	counted  int64 // bytes acknowledged since the window last grew
}

func (r *reno) Reset() { r.counted = 0 }

// Acked doubles the window each round trip in slow start, and adds a segment
// for each window acknowledged beyond it (section 3.1, "the recommended way").
func (r *reno) Acked(_ mesh.Time, w *Window, a Ack) {
	if w.SlowStart() {
		slowStart(w, a.Bytes, r.settings.Limit)
		return
	}
	r.counted += a.Bytes
	if r.counted >= w.Size {
		r.counted -= w.Size
		w.Size += w.Segment
	}
}

// slowStart adds what was acknowledged, at most limit segments.
func slowStart(w *Window, acked int64, limit int) {
	if limit > 0 {
		acked = min(acked, int64(limit)*w.Segment)
	}
	w.Size += acked
}

// Lost halves (equation 4).
func (r *reno) Lost(_ mesh.Time, w *Window, flight int64) {
	w.Threshold, r.counted = w.floor(flight/2), 0
}

func (r *reno) TimedOut(now mesh.Time, w *Window, flight int64) { r.Lost(now, w, flight) }

func (r *reno) Rested(time.Duration) {}
