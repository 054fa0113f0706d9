package policy_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

// watched is a detector of some kind and the hosts it watches.
type watched struct {
	t     *testing.T
	hosts []policy.Host
	policy.Detector
}

func watch(t *testing.T, hosts int, settings policy.OutlierSettings) *watched {
	d := dice(1)
	w := &watched{t: t, hosts: make([]policy.Host, hosts)}
	w.Detector = settings.New("envoy", w.hosts, &d)
	w.Start(0)
	return w
}

// outliers is a detector as a file describes it.
func outliers(t *testing.T, hosts int, text string) *watched {
	return watch(t, hosts, plan(t, "outlier_detection: "+text).Outlier)
}

// ask sends a host a request and lets it end so, a moment later.
func (w *watched) ask(at time.Duration, host int, o mesh.Outcome) {
	w.Wake(mesh.Time(at))
	w.Sent(mesh.Time(at), host)
	if o != mesh.ConnectFailure {
		w.Connected(mesh.Time(at), host)
	}
	w.Result(mesh.Time(at), host, replied(o))
}

// in draws which hosts are in: "+-+".
func (w *watched) in(at time.Duration) string {
	w.Wake(mesh.Time(at))
	text := ""
	for i := range w.hosts {
		text += map[bool]string{false: "+", true: "-"}[w.hosts[i].Ejected]
	}
	return text
}

func (w *watched) want(at time.Duration, want, why string) {
	w.t.Helper()
	if got := w.in(at); got != want {
		w.t.Errorf("at %v the hosts are %s, want %s: %s", at, got, want, why)
	}
}

// TestEveryDetector holds each row of the menu to what all promise. A new row is
// held to it without a word here.
func TestEveryDetector(t *testing.T) {
	for i, row := range policy.Outliers.Rows() {
		t.Run(row.Name, func(t *testing.T) {
			t.Run("nobody who answers is taken out", func(t *testing.T) { sparesTheGood(t, quick(i)) })
			t.Run("books and marks agree, and all come back", func(t *testing.T) { agrees(t, quick(i)) })
			t.Run("the same results, the same hosts", func(t *testing.T) { detectsAlike(t, quick(i)) })
			t.Run("no result allocates", func(t *testing.T) { detectsInPlace(t, quick(i)) })
		})
	}
}

func sparesTheGood(t *testing.T, settings policy.OutlierSettings) {
	w := watch(t, 5, settings)
	for n := range 10_000 {
		w.ask(time.Duration(n)*7*time.Millisecond, n%5, mesh.OK)
		w.ask(time.Duration(n)*7*time.Millisecond, n%5, mesh.Unfinished)
	}
	if w.Ejections() != 0 || w.Out() != 0 {
		t.Errorf("%d ejections of hosts that answer", w.Ejections())
	}
}

// mishaps lets many things happen to a detector and calls look after each.
func mishaps(w *watched, seed uint64, look func(now mesh.Time)) {
	d, now := dice(seed), mesh.Time(0)
	for range 3000 {
		now = now.Add(time.Duration(d.IntN(700)) * time.Millisecond)
		w.Wake(now)
		host := d.IntN(len(w.hosts))
		w.Sent(now, host)
		w.Connected(now, host)
		w.Result(now, host, replied(mesh.Outcome(d.IntN(int(mesh.Outcomes)))))
		look(now)
	}
}

func agrees(t *testing.T, settings policy.OutlierSettings) {
	for seed := range uint64(5) {
		w, marks, last := watch(t, 4, settings), 0, mesh.Time(0)
		mishaps(w, seed, func(now mesh.Time) {
			was := marks
			if marks = strings.Count(w.in(time.Duration(now)), "-"); marks != w.Out() {
				t.Fatalf("%d hosts are marked, the detector counts %d", marks, w.Out())
			}
			if changed := w.Changed(); marks != was && !changed {
				t.Fatal("a host went out or came in and nobody was told")
			}
			if w.WakeAt() <= now {
				t.Fatalf("at %v it wants to be woken at %v", now, w.WakeAt())
			}
			last = now
		})
		if w.Ejections() == 0 {
			t.Error("nothing was ever taken out")
		}
		for range 10_000 {
			if w.WakeAt() == mesh.Never {
				break
			}
			last = w.WakeAt()
			w.Wake(last)
		}
		if w.Out() != 0 {
			t.Errorf("%d hosts are out for good", w.Out())
		}
	}
}

func detectsAlike(t *testing.T, settings policy.OutlierSettings) {
	diary := func() (text string) {
		w := watch(t, 4, settings)
		mishaps(w, 7, func(now mesh.Time) { text += fmt.Sprintln(w.in(time.Duration(now)), w.WakeAt()) })
		return text
	}
	if one, other := diary(), diary(); one != other {
		t.Errorf("two runs differ: %s and %s", one, other)
	}
}

func detectsInPlace(t *testing.T, settings policy.OutlierSettings) {
	w, now := watch(t, 4, settings), mesh.Time(0)
	if n := testing.AllocsPerRun(1000, func() {
		now = now.Add(300 * time.Millisecond)
		w.Wake(now)
		w.Sent(now, int(now)%4)
		w.Connected(now, int(now)%4)
		w.Result(now, int(now)%4, replied(mesh.Error))
	}); n != 0 {
		t.Errorf("%v allocations a result", n)
	}
}

// BenchmarkDetector is a request that is sent, connected and answered.
func BenchmarkDetector(b *testing.B) {
	for _, row := range policy.Outliers.Rows() {
		b.Run(row.Name, func(b *testing.B) {
			d, hosts := dice(1), make([]policy.Host, 100)
			o, n := row.New().New("envoy", hosts, &d), 0
			o.Start(0)
			b.ReportAllocs()
			for b.Loop() {
				n++
				now := mesh.Time(n) * 1e6
				o.Sent(now, n%100)
				o.Connected(now, n%100)
				o.Result(now, n%100, replied(mesh.OK))
			}
		})
	}
}

// TestWithoutAKindItIsEnvoys, as in files from before there were kinds.
func TestWithoutAKindItIsEnvoys(t *testing.T) {
	for _, text := range []string{"{}", "{consecutive_5xx: 3}", "envoy", "{kind: envoy}"} {
		if o := plan(t, "outlier_detection: "+text).Outlier; o == nil {
			t.Errorf("%s: none", text)
		} else if _, ok := o.(*policy.OutlierDetection); !ok {
			t.Errorf("%s: %T", text, o)
		}
	}
}

// TestOthersAskNobody rather than all: panic is Envoy's.
func TestOthersAskNobody(t *testing.T) {
	for text, want := range map[string]mesh.Outcome{
		"outlier_detection: {consecutive_5xx: 1, max_ejection_percent: 100%}": mesh.Error,
		"outlier_detection: nginx": mesh.Unavailable,
		"outlier_detection: {kind: haproxy, error_limit: 1, on_error: mark-down}":                                                       mesh.Unavailable,
		"{outlier_detection: {kind: nginx, proxy_next_upstream: [http_500]}, common_lb_config: {}}":                                     mesh.Error,
		"outlier_detection: {kind: consul, max_failures: 1, max_ejection_percent: 100%}":                                                mesh.Error,
		"{dialect: istio, outlier_detection: {kind: consul, max_failures: 1, max_ejection_percent: 100%}}":                              mesh.Unavailable,
		"outlier_detection: {kind: app_mesh, max_server_errors: 1, interval: 1s, base_ejection_duration: 1s, max_ejection_percent: 0%}": mesh.Error,
	} {
		up := upstream(t, 2, text)
		failure := mesh.Error
		if strings.HasSuffix(text, ": nginx") {
			failure = mesh.Reset
		}
		for range 4 {
			var c policy.Call
			c.Begin(1e9, up, nil)
			if n := drain(&c); n > 0 && !c.Over() {
				c.Done(1e9, n, replied(failure))
			}
		}
		var c policy.Call
		c.Begin(1e9, up, nil)
		attempt := drain(&c)
		if c.Over() != (want == mesh.Unavailable) {
			t.Errorf("%s: attempt %d, want %v", text, attempt, want)
		}
	}
}
