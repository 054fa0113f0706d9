package tcp

import (
	"time"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/unit"
)

// Cubic is the congestion control of RFC 9438, whose window is a cubic function
// of the time since it last shrank.
type Cubic struct {
	C               float64    `yaml:"c" min:"0.001" max:"1000" doc:"how steep the curve is, in segments per cubic second"`
	Beta            unit.Ratio `yaml:"beta" min:"10%" max:"95%" doc:"what is left of the window after a loss"`
	FastConvergence bool       `yaml:"fast_convergence" doc:"aim lower when the last peak was not reached again, so that others get a share (4.7)"`
	RenoFriendly    bool       `yaml:"reno_friendly" doc:"never be slower than Reno would be (4.3)"`
	HyStart         bool       `yaml:"hystart" doc:"leave slow start when the round trips grow (HyStart++, RFC 9406)"`
	Limit           int        `yaml:"byte_counting" min:"0" doc:"segments that one acknowledgement may add in slow start (the L of RFC 3465); all that it acknowledges when 0"`
}

// cubicDefaults are the constants of RFC 9438, section 5.
func cubicDefaults() *Cubic {
	return &Cubic{C: 0.4, Beta: 0.7, FastConvergence: true, RenoFriendly: true, HyStart: true}
}

// New makes the state of one sender.
func (s *Cubic) New() Control {
	c := &cubic{settings: s}
	c.Reset()
	return c
}

// cubic counts in segments, as the RFC does.
type cubic struct {
	settings *Cubic
	hystart  hystart
	epoch    mesh.Time // when the current growth began; Never before it does
	peak     float64   // W_max
	prior    float64   // cwnd_prior: the window when it last shrank
	reach    float64   // K: seconds until the curve is at the peak again
	reno     float64   // W_est: what Reno would have
	rest     float64   // bytes of growth less than one
	timedOut bool      // the epoch to come is the first after a timeout
}

func (c *cubic) Reset() {
	*c = cubic{settings: c.settings, epoch: mesh.Never}
	c.hystart.reset()
}

// Acked grows the window, by HyStart++ or along the curve.
func (c *cubic) Acked(now mesh.Time, w *Window, a Ack) {
	if w.SlowStart() {
		c.slowStart(w, a)
		return
	}
	size := segments(w.Size, w)
	if c.epoch == mesh.Never { // the first only starts the clock: it may be of all that was repaired
		c.begin(now, size)
		return
	}
	t := (now - c.epoch).Seconds()
	c.friend(size, segments(a.Bytes, w))
	if c.settings.RenoFriendly && c.curve(t) < c.reno { // 4.3
		w.Size = max(w.Size, int64(float64(c.reno*float64(w.Segment))))
		return
	}
	target := min(max(c.curve(t+a.Smooth.Seconds()), size), float64(1.5*size)) // 4.2
	c.rest += float64((target - size) / size * float64(a.Bytes))               // 4.4 and 4.5
	whole := int64(c.rest)
	c.rest -= float64(whole)
	w.Size += whole
}

func (c *cubic) slowStart(w *Window, a Ack) {
	if !c.settings.HyStart {
		slowStart(w, a.Bytes, c.settings.Limit)
		return
	}
	c.hystart.acked(w, a, c.settings.Limit)
}

// begin starts an epoch of growth with a window of so many segments (4.2); the
// first after a timeout starts from the peak (4.8).
func (c *cubic) begin(now mesh.Time, size float64) {
	c.epoch, c.reno, c.rest = now, size, 0
	if c.timedOut || size >= c.peak {
		c.peak, c.reach, c.timedOut = size, 0, false
		return
	}
	c.reach = cubeRoot((c.peak - size) / c.settings.C)
}

// curve is W_cubic (equation 1), t seconds after the epoch began.
func (c *cubic) curve(t float64) float64 {
	d := t - c.reach
	return float64(c.settings.C*float64(float64(d*d)*d)) + c.peak
}

// friend moves the window that Reno would have (equation 4): the same average
// with a smaller reduction takes a slower growth, up to the last peak.
func (c *cubic) friend(size, acked float64) {
	alpha := 1.0
	if c.reno < c.prior {
		beta := float64(c.settings.Beta)
		alpha = 3 * (1 - beta) / (1 + beta)
	}
	c.reno += float64(alpha * acked / size)
}

// Lost shrinks (4.6), and remembers the peak (4.7).
func (c *cubic) Lost(_ mesh.Time, w *Window, flight int64) {
	beta, size := float64(c.settings.Beta), segments(w.Size, w)
	c.prior, c.epoch = size, mesh.Never
	if c.settings.FastConvergence && size < c.peak {
		c.peak = float64(size * (1 + beta) / 2)
	} else {
		c.peak = size
	}
	w.Threshold = w.floor(int64(float64(float64(flight) * beta)))
	c.hystart.reset()
}

func (c *cubic) TimedOut(now mesh.Time, w *Window, flight int64) {
	c.Lost(now, w, flight)
	c.timedOut = true
}

// Rested moves the epoch, so that the curve stands still meanwhile (5.8).
func (c *cubic) Rested(idle time.Duration) {
	if c.epoch != mesh.Never {
		c.epoch = c.epoch.Add(idle)
	}
}

func segments(bytes int64, w *Window) float64 { return float64(bytes) / float64(w.Segment) }
