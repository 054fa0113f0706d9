package scenarios

import (
	"fmt"
	"strings"
	"testing"
)

// beginningsSaid runs a scenario and picks the warnings about how it begins.
func beginningsSaid(t *testing.T, text string, set ...string) (said []string) {
	t.Helper()
	s, err := Load("t.yaml", []byte(text), LoadOptions{Set: set})
	if err != nil {
		t.Fatal(err)
	}
	r, err := Run(t.Context(), s, RunOptions{Parallel: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range r.Warnings {
		if strings.Contains(w, "the mesh is empty at first") {
			said = append(said, w)
		}
	}
	return said
}

func TestABeginningThatShowsIsWarnedOf(t *testing.T) {
	const slow = "duration: 60s\nservices: {web: {endpoints: {/: {steps: [{wait: 5s}]}}}}\ntraffic: {users: {to: web, rate: 100/s}}\n"
	want := "users: its goodput in the first 5s is unlike that behind it, for the mesh is empty at first; `warmup: 5s` or `warmup: auto` leaves that out"
	if said := beginningsSaid(t, slow); len(said) != 1 || said[0] != want {
		t.Errorf("said %q\nwant %q", said, want)
	}
	for why, set := range map[string][]string{
		"it has a warm-up":       {"warmup=10s"},
		"it finds its warm-up":   {"warmup=auto"},
		"a fault belongs to it":  {"faults.0={at: 10s, for: 1s, slow: {service: web, by: 1s}}"},
		"its rate changes":       {"traffic.users.rate=[{for: 10s, rate: 10/s}, 100/s]"},
		"there are few requests": {"traffic.users.rate=1/s", "services.web.endpoints./.steps.0.wait=1s"},
	} {
		if said := beginningsSaid(t, slow, set...); len(said) > 0 {
			t.Errorf("%s, and yet: %q", why, said)
		}
	}
	queue := "duration: 20s\nservices: {web: {concurrency: 1, endpoints: {/: {steps: [{work: exp(8ms)}]}}}}\ntraffic: {users: {to: web, rate: 100/s}}\n"
	for seed := range 20 {
		if said := beginningsSaid(t, queue, fmt.Sprintf("seed=%d", seed)); len(said) > 0 {
			t.Errorf("a queue at 80%%, seed %d: %q", seed, said)
		}
	}
}

// TestTheLibraryBeginsAsItGoesOn, or has a warm-up.
func TestTheLibraryBeginsAsItGoesOn(t *testing.T) {
	for _, name := range Names() {
		text, _ := Source(name)
		if said := beginningsSaid(t, string(text), "duration=5s"); len(said) > 0 {
			t.Errorf("%s: %q", name, said)
		}
	}
}
