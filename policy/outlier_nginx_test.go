package policy_test

import (
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/mesh"
)

const s = time.Second

// TestNginx tells what the conditions of ngx_http_upstream_get_peer and
// ngx_http_upstream_free_round_robin_peer say, with NGINX's own defaults:
// max_fails 1, fail_timeout 10 s.
func TestNginx(t *testing.T) {
	w := outliers(t, 3, "nginx")
	w.ask(500*time.Millisecond, 0, mesh.ConnectFailure)
	w.want(500*time.Millisecond, "-++", "one failure is enough")
	w.want(10*s+999*time.Millisecond, "-++", "second 10 is no more than 10 after second 0")
	w.want(11*s, "+++", "second 11 is")

	w.Sent(mesh.Time(11*s), 0)
	w.want(11*s, "-++", "one request tries it, and others stay away")
	w.Result(mesh.Time(11*s), 0, replied(mesh.OK))
	w.want(11*s, "+++", "it went well")

	w.ask(30*s, 0, mesh.Timeout)
	w.want(40*s, "-++", "a timeout is a failure")
	w.ask(41*s, 0, mesh.Reset)
	w.want(51*s, "-++", "a trial that failed begins another ten seconds")
	w.want(52*s, "+++", "and another trial")
	if w.Ejections() != 3 {
		t.Errorf("%d ejections, want three: of second 0, 30 and 41", w.Ejections())
	}
}

// TestNginxTrialNobodyHears: when a trial's end is not heard in time, another
// request tries.
func TestNginxTrialNobodyHears(t *testing.T) {
	w := outliers(t, 2, "nginx")
	w.ask(0, 1, mesh.Reset)
	w.want(11*s, "++", "it may be tried")
	w.Sent(mesh.Time(11*s), 1)
	w.want(21*s, "+-", "the trial is under way")
	w.want(22*s, "++", "and has taken too long")
	w.Result(mesh.Time(23*s), 1, replied(mesh.OK))
	w.want(23*s, "++", "late, and yet it went well")
}

// TestNginxCountsInTime: failures that lie further apart than fail_timeout do
// not add up, if an answer came in between after it.
func TestNginxCountsInTime(t *testing.T) {
	for _, c := range []struct {
		name  string
		beats []time.Duration // of failures; answers come between, a second before each
		want  string
	}{
		{"three in a row", []time.Duration{1 * s, 2 * s, 3 * s}, "-+"},
		{"answers between do not help while the time runs", []time.Duration{2 * s, 8 * s, 14 * s}, "-+"},
		{"an answer after fail_timeout forgets", []time.Duration{2 * s, 8 * s, 24 * s}, "++"},
	} {
		w := outliers(t, 2, "{kind: nginx, max_fails: 3}")
		for _, at := range c.beats {
			w.ask(at-s, 0, mesh.OK)
			w.ask(at, 0, mesh.Reset)
		}
		w.want(c.beats[2], c.want, c.name)
	}
}

// TestNginxFailures: statuses are failures when they are named, and only then;
// error and timeout are whether they are named or not.
func TestNginxFailures(t *testing.T) {
	for _, c := range []struct {
		words string
		o     mesh.Outcome
		want  string
	}{
		{"[error, timeout]", mesh.Error, "++"},
		{"[error, timeout]", mesh.Refused, "++"},
		{"[http_500]", mesh.Error, "-+"},
		{"[http_500]", mesh.Dependency, "-+"},
		{"[http_500]", mesh.Refused, "++"},
		{"[http_503]", mesh.Refused, "-+"},
		{"[http_503]", mesh.Reset, "-+"},
		{"[http_503]", mesh.Timeout, "-+"},
		{"[]", mesh.ConnectFailure, "-+"},
		{"[]", mesh.Unfinished, "++"},
	} {
		w := outliers(t, 2, "{kind: nginx, proxy_next_upstream: "+c.words+"}")
		w.ask(s, 0, c.o)
		w.want(s, c.want, c.words+" "+c.o.String())
	}
}

// TestNginxAlone: a lone peer is never taken out, and of several all may be.
func TestNginxAlone(t *testing.T) {
	w := outliers(t, 1, "nginx")
	for range 100 {
		w.ask(s, 0, mesh.Reset)
	}
	w.want(s, "+", "it is the only one")
	w = outliers(t, 3, "nginx")
	for host := range 3 {
		w.ask(s, host, mesh.Reset)
	}
	w.want(s, "---", "there is no limit")
	w = outliers(t, 3, "{kind: nginx, quick_recovery: true}")
	for host := range 3 {
		w.ask(s, host, mesh.Reset)
	}
	w.want(s, "+++", "as before 1.11.5, all are back when all are out")
	w = outliers(t, 3, "{kind: nginx, max_fails: 0}")
	w.ask(s, 0, mesh.Reset)
	w.want(s, "+++", "max_fails 0 is never")
}
