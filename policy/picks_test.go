package policy_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

// TestPublishedPicks plays the files of testdata/picks: what the tests of real
// proxies do to a balancer, and whom it must then pick, in their order. Lines:
//
//	balancer SEED POLICY        a fresh one, as if SEED picks had been made
//	at TIME                     the time is now
//	hosts WEIGHT[@JOINED] ...   who is there; the balancer learns of it
//	weights WEIGHT ...          the same, and it does not
//	active REQUESTS ...         under way at each host
//	eligible HOST ...           those alone may be picked from now on
//	refresh                     the balancer looks at all weights again
//	report HOST QPS EPS UTIL    a host reports its load
//	picks HOST ...              these are picked, one after the other
//	own WEIGHT ...              these weights follow from the reports
func TestPublishedPicks(t *testing.T) {
	eachFile(t, "picks", func(t *testing.T, file, text string) {
		var p *picker
		for n, line := range strings.Split(text, "\n") {
			told, _, _ := strings.Cut(line, "#")
			words := strings.Fields(told)
			if len(words) > 0 && words[0] == "balancer" {
				p = newPicker(t, words)
			} else if len(words) > 0 {
				if err := p.do(words[0], words[1:]); err != nil {
					t.Errorf("%s:%d: %s: %v", file, n+1, line, err)
				}
			}
		}
	})
}

type picker struct {
	balancer policy.Balancer
	set      *policy.Set
	now      mesh.Time
	dice     chance.Stream
}

func newPicker(t *testing.T, words []string) *picker {
	p := plan(t, "load_balancer: "+strings.Join(words[2:], " "))
	seed, err := strconv.ParseUint(words[1], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return &picker{balancer: policy.Seeded(p.Balancer, seed), set: policy.NewSet(nil, nil), dice: dice(1)}
}

func (p *picker) do(verb string, words []string) error {
	switch verb {
	case "at":
		d, err := time.ParseDuration(words[0])
		p.now = mesh.Time(d)
		return err
	case "report":
		var host int
		var r policy.Report
		_, err := fmt.Sscan(strings.Join(words, " "), &host, &r.QPS, &r.EPS, &r.CPU)
		p.balancer.(policy.Reporter).Report(p.now, host, r)
		return err
	case "hosts":
		return p.hosts(words)
	}
	numbers := make([]int, len(words))
	for i, w := range words {
		n, err := strconv.Atoi(w)
		if err != nil {
			return err
		}
		numbers[i] = n
	}
	return p.tell(verb, numbers)
}

func (p *picker) hosts(words []string) error {
	p.set.Endpoints = make([]policy.Endpoint, len(words))
	p.set.Hosts = slices.Grow(p.set.Hosts, len(words))[:len(words)]
	for i, w := range words {
		weight, joined, found := strings.Cut(w, "@")
		n, err := strconv.Atoi(weight)
		if err != nil {
			return err
		}
		p.set.Endpoints[i].Weight = uint32(n)
		if found {
			d, err := time.ParseDuration(joined)
			if err != nil {
				return err
			}
			p.set.Endpoints[i].Joined = mesh.Time(d)
		}
	}
	p.choose(nil)
	return nil
}

// choose makes these hosts eligible, or all when there are none.
func (p *picker) choose(hosts []int) {
	host := -1
	p.set.Choose(func(*policy.Host) bool { host++; return len(hosts) == 0 || slices.Contains(hosts, host) })
	policy.Refresh(p.balancer, p.now, p.set, &p.dice)
}

func (p *picker) tell(verb string, numbers []int) error {
	switch verb {
	case "weights":
		for i, n := range numbers {
			p.set.Endpoints[i].Weight = uint32(n)
		}
	case "active":
		for i, n := range numbers {
			p.set.Hosts[i].Active = int32(n)
		}
	case "eligible":
		p.choose(numbers)
	case "refresh":
		p.set.Version++
		policy.Refresh(p.balancer, p.now, p.set, &p.dice)
	case "picks":
		return p.picks(numbers)
	case "own":
		if got := policy.Weights(p.balancer); fmt.Sprint(got) != fmt.Sprint(numbers) {
			return fmt.Errorf("weights are %v", got)
		}
	default:
		return fmt.Errorf("no such verb")
	}
	return nil
}

func (p *picker) picks(want []int) error {
	got := make([]int, len(want))
	for i := range want {
		got[i] = p.balancer.Pick(p.now, p.set, &policy.Ask{}, &p.dice)
	}
	if !slices.Equal(got, want) {
		return fmt.Errorf("picked %v", got)
	}
	return nil
}
