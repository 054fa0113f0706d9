package policy_test

import (
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/mesh"
)

// errorsAt lets a host fail so often at a moment.
func (w *watched) errorsAt(at time.Duration, host, times int) {
	for range times {
		w.ask(at, host, mesh.Error)
	}
}

// TestHAProxyOnError follows __health_adjust and set_server_check_status of
// check.c, with HAProxy's defaults: rise 2, fall 3, inter 2 s, error-limit 10.
// The host asked is the first, which is checked at 0 s, 2 s, 4 s and is well, 4,
// after the first of them.
func TestHAProxyOnError(t *testing.T) {
	for _, c := range []struct {
		on     string
		bursts []int         // how many errors come at once, a tenth of a second apart
		at     time.Duration // the first
		want   string
		why    string
	}{
		{"fail-check", []int{9}, s, "+++", "nine are not ten"},
		{"fail-check", []int{10}, s, "+++", "health 3"},
		{"fail-check", []int{10, 10}, s, "+++", "health 2"},
		{"fail-check", []int{10, 10, 10}, s, "-++", "health 1 is below rise: down"},
		{"fail-check", []int{10, 10, 9}, s, "+++", "the third is not whole"},
		{"fail-check", []int{10, 10, 10}, 1900 * time.Millisecond, "+++", "the check at 2 s makes it well again in between"},
		{"sudden-death", []int{10}, s, "+++", "health 3, which is rise + 1, and one less: the next failure is fatal"},
		{"sudden-death", []int{10, 10}, s, "-++", "and here it is"},
		{"mark-down", []int{9}, s, "+++", "nine are not ten"},
		{"mark-down", []int{10}, s, "-++", "down at once"},
		{"fastinter", []int{10, 10, 10, 10, 10}, s, "+++", "nothing but a check that comes sooner"},
	} {
		w := outliers(t, 3, "{kind: haproxy, on_error: "+c.on+"}")
		at := c.at
		for _, n := range c.bursts {
			w.errorsAt(at, 0, n)
			at += 100 * time.Millisecond
		}
		w.want(at, c.want, c.on+": "+c.why)
	}
}

// TestHAProxyBeginsUnsure: before its first check a host has the health rise,
// and one failed check takes it out. That of the third host of three comes at
// two thirds of inter.
func TestHAProxyBeginsUnsure(t *testing.T) {
	w := outliers(t, 3, "haproxy")
	w.errorsAt(1300*time.Millisecond, 2, 10)
	w.want(1300*time.Millisecond, "++-", "health 1 of 2")
	w = outliers(t, 3, "haproxy")
	w.errorsAt(1400*time.Millisecond, 2, 10)
	w.want(1400*time.Millisecond, "+++", "health 3 of 4, for it was checked at 1.33 s")
}

// TestHAProxyRise: a host that is down comes back with the rise-th check.
func TestHAProxyRise(t *testing.T) {
	for _, c := range []struct {
		settings string
		back     time.Duration
	}{
		{"", 4 * s}, // checked at 2 s and 4 s
		{", rise: 1", 2 * s},
		{", rise: 5", 10 * s},
		{", downinter: 10s", 4 * s}, // at 2 s, when it is down no more but rising
		{", fastinter: 100ms", 2100 * time.Millisecond}, // health 0 waits for inter, and then it is quicker
		{", fastinter: 100ms, downinter: 400ms", 1500 * time.Millisecond},
	} {
		w := outliers(t, 2, "{kind: haproxy, on_error: mark-down"+c.settings+"}")
		w.errorsAt(s, 0, 10)
		w.want(c.back-time.Millisecond, "-+", c.settings)
		w.want(c.back, "++", c.settings)
	}
}

// TestHAProxyForgets: a good answer ends the row, and so does a check.
func TestHAProxyForgets(t *testing.T) {
	w := outliers(t, 2, "{kind: haproxy, on_error: mark-down}")
	w.errorsAt(s, 0, 9)
	w.ask(s, 0, mesh.OK)
	w.errorsAt(s, 0, 9)
	w.want(s, "++", "an answer came between")
	w.errorsAt(2*s, 0, 9)
	w.want(2*s, "++", "a check came between")
	w.errorsAt(2*s, 0, 1)
	w.want(2*s, "-+", "nothing came between")
}

// TestHAProxyObserves: layer4 looks at connections alone (check.c,
// analyze_statuses), layer7 at both.
func TestHAProxyObserves(t *testing.T) {
	for _, c := range []struct {
		layer string
		o     mesh.Outcome
		want  string
	}{
		{"layer4", mesh.ConnectFailure, "-+"},
		{"layer4", mesh.Error, "++"},
		{"layer4", mesh.Timeout, "++"},
		{"layer7", mesh.ConnectFailure, "-+"},
		{"layer7", mesh.Error, "-+"},
		{"layer7", mesh.Refused, "-+"},
		{"layer7", mesh.Timeout, "-+"},
		{"layer7", mesh.Reset, "-+"},
		{"layer7", mesh.Unfinished, "++"},
	} {
		w := outliers(t, 2, "{kind: haproxy, error_limit: 1, on_error: mark-down, observe: "+c.layer+"}")
		w.ask(s, 0, c.o)
		w.want(s, c.want, c.layer+" "+c.o.String())
	}
}

// TestHAProxyRealChecks: once there are some, they alone take a host in.
func TestHAProxyRealChecks(t *testing.T) {
	w := outliers(t, 2, "{kind: haproxy, on_error: mark-down}")
	w.Checked(mesh.Time(s), 0, true)
	w.errorsAt(s, 0, 10)
	if w.WakeAt() != mesh.Never {
		t.Errorf("woken at %v, though others check", w.WakeAt())
	}
	w.want(60*s, "-+", "no check has passed")
	w.Checked(mesh.Time(61*s), 0, true)
	w.Checked(mesh.Time(62*s), 0, false)
	w.Checked(mesh.Time(63*s), 0, true)
	w.want(63*s, "-+", "two in a row are needed")
	w.Checked(mesh.Time(64*s), 0, true)
	w.want(64*s, "++", "and here they are")
	for n := range 3 {
		w.want(65*s, "++", "three must fail")
		w.Checked(mesh.Time(65*s), 0, false)
		_ = n
	}
	w.want(65*s, "-+", "and did")
}
