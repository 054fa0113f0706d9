package policy_test

import (
	"testing"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

// TestPickFirst: it stays with one host until that cannot be reached or leaves,
// and does not come back by itself.
func TestPickFirst(t *testing.T) {
	b, d := (&policy.PickFirst{}).New(), dice(1)
	set := policy.NewSet(nil, make([]policy.Host, 4))
	out := map[int]bool{}
	choose := func() {
		host := -1
		set.Choose(func(*policy.Host) bool { host++; return !out[host] })
	}
	is := func(why string, want int) {
		t.Helper()
		for range 3 {
			if got := b.Pick(0, set, &policy.Ask{}, &d); got != want {
				t.Fatalf("%s: %d is asked, want %d", why, got, want)
			}
		}
	}
	done := func(host int, o mesh.Outcome) { b.(policy.Observer).Done(0, host, 0, o) }

	is("at first", 0)
	done(0, mesh.Error)
	is("an error is an answer", 0)
	done(0, mesh.ConnectFailure)
	is("the first cannot be reached", 1)
	done(0, mesh.ConnectFailure)
	is("nor could it in another attempt", 1)
	out[1] = true
	choose()
	is("the second left", 0)
	out[1] = false
	choose()
	is("the second is back", 0)
	out[0], out[2] = true, true
	choose()
	done(1, mesh.OK)
	is("the first left", 1)
	done(1, mesh.ConnectFailure)
	is("the third is out", 3)
	done(3, mesh.ConnectFailure)
	is("round the end of the list, past the first", 1)
	out[0] = false
	choose()
	is("the first is back", 1)
	done(1, mesh.Reset)
	is("the connection broke", 0)
}

// TestPickFirstShuffled: each proxy has an order of its own, so that all hosts
// are somebody's first.
func TestPickFirstShuffled(t *testing.T) {
	const proxies = 4000
	set := policy.NewSet(nil, make([]policy.Host, 4))
	got := shares(&policy.PickFirst{ShuffleAddressList: true}, set, proxies, 1)
	within(t, "shuffled", got, []float64{.25, .25, .25, .25}, proxies)
	if got := shares(&policy.PickFirst{ShuffleAddressList: true}, set, proxies, proxies); got[0]+got[1]+got[2]+got[3] != max(got[0], got[1], got[2], got[3]) {
		t.Errorf("one proxy asks %v", got)
	}
}

// TestFirst: the first host with a place free; the least busy when none has.
func TestFirst(t *testing.T) {
	d := dice(1)
	for _, c := range []struct {
		maxconn int
		active  []int32
		want    int
	}{
		{0, []int32{100, 0, 0}, 0},
		{2, []int32{0, 0, 0}, 0},
		{2, []int32{1, 0, 0}, 0},
		{2, []int32{2, 1, 0}, 1},
		{2, []int32{2, 2, 0}, 2},
		{2, []int32{3, 2, 2}, 1},
		{2, []int32{2, 2, 2}, 0},
	} {
		b := (&policy.First{MaxConn: c.maxconn}).New()
		if got := b.Pick(0, weighted(make([]uint32, 3), c.active...), &policy.Ask{}, &d); got != c.want {
			t.Errorf("maxconn %d, %v under way: %d is asked, want %d", c.maxconn, c.active, got, c.want)
		}
	}
}
