package policy_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

// healthKinds are settings with which every kind of the menu can be had.
var healthKinds = map[string]string{
	"http":    "timeout: 1s, interval: 2s, unhealthy_threshold: 3, healthy_threshold: 2, interval_jitter: 1s, retriable_statuses: [{start: 503, end: 504}]",
	"tcp":     "timeout: 1s, interval: 2s, unhealthy_threshold: 2, healthy_threshold: 3, unhealthy_edge_interval: 100ms, no_traffic_interval: 1s",
	"grpc":    "timeout: 3s, interval: 1s, unhealthy_threshold: 1, healthy_threshold: 1, initial_jitter: 5s",
	"alb":     "interval: 10s",
	"nlb":     "interval: 11s",
	"haproxy": "httpchk: true, fastinter: 500ms, spread_checks: 20%",
}

// TestEveryHealthCheckKeepsItsThresholds runs over the menu: the first check
// decides; then it takes fall failures without an answer, not one fewer, to put
// a host out, and rise passes to bring it back; a pause is never nothing.
func TestEveryHealthCheckKeepsItsThresholds(t *testing.T) {
	for _, name := range policy.HealthChecks.Names() {
		h := healthCheck(t, "kind: "+name+", "+healthKinds[name])
		u := upstream(t, 1, "health_check: {kind: "+name+", "+healthKinds[name]+"}")
		u.Traffic()
		rules := h.Rules()
		var now mesh.Time
		check := func(r policy.ProbeReply) (out bool) {
			t.Helper()
			for {
				if p, ok := u.NextProbe(); ok {
					u.Probed(now, p, r)
					return u.Hosts()[0].Health.String() != "healthy"
				}
				if next := u.WakeAt(); next > now {
					now = next
				} else {
					t.Fatalf("%s: woken at %v for %v", name, now, next)
				}
				u.Wake(now)
			}
		}
		u.Start(0)
		if check(policy.ProbeReply{Outcome: mesh.OK}) {
			t.Errorf("%s: out after a first pass", name)
		}
		for n := range 3 * rules.Fall {
			if out := check(policy.ProbeReply{Outcome: mesh.Reset}); out != (n+1 >= rules.Fall) {
				t.Errorf("%s: out is %v after %d failures, threshold %d", name, out, n+1, rules.Fall)
			}
		}
		for n := range 3 * rules.Rise {
			if out := check(policy.ProbeReply{Outcome: mesh.OK}); out != (n+1 < rules.Rise) {
				t.Errorf("%s: out is %v after %d passes, threshold %d", name, out, n+1, rules.Rise)
			}
		}
		again := upstream(t, 1, "health_check: {kind: "+name+", "+healthKinds[name]+"}")
		again.Start(0)
		p, _ := again.NextProbe()
		if again.Probed(0, p, policy.ProbeReply{Outcome: mesh.Reset}); name != "grpc" && again.Hosts()[0].Health.String() == "healthy" {
			t.Errorf("%s: in after a first failure", name)
		}
	}
}

// patient is what a naive reading knows of one host.
type patient struct {
	out, seen, here bool
	good, bad       int
	probe           policy.Probe
	asked           bool
}

// took is one check's verdict: Envoy's rules in as few words as they have.
func (p *patient) took(v policy.HealthVerdict, rules policy.HealthRules) {
	first := !p.seen
	p.seen, p.asked = true, false
	switch {
	case v == policy.Passed || v == policy.Limps:
		if p.bad = 0; p.out {
			if p.good++; p.good >= rules.Rise {
				p.out = false
			}
		}
		if first {
			p.out = false
		}
	default:
		if p.good = 0; !p.out {
			if p.bad++; first || v == policy.Condemned || p.bad == rules.Fall {
				p.out = true
			}
			if v == policy.Condemned {
				p.bad--
			}
		}
	}
}

// FuzzHealth tells a checker of results, late and double ones, of hosts that
// come and go and of time, in any order. No host is in or out but by the naive
// reading; none has two probes at once; nothing is asked of one that has left;
// and after every Wake the next is later.
func FuzzHealth(f *testing.F) {
	f.Add([]byte("a quick brown fox jumps over the lazy dog"), byte(0))
	f.Add([]byte("\x00\x10\x20\x30\x40\x50\x60\x70\x80\x90\xa0\xb0\xc0\xd0\xe0\xf0\x01\x11\x21\x31"), byte(1))
	names := policy.HealthChecks.Names()
	f.Fuzz(func(t *testing.T, script []byte, kind byte) {
		name := names[int(kind)%len(names)]
		const hosts = 5
		text := fmt.Sprintf("{ignore_health_on_host_removal: true, health_check: {kind: %s, %s}}", name, healthKinds[name])
		d := &doctor{t: t, name: name, up: upstream(t, hosts, text), check: healthCheck(t, "kind: "+name+", "+healthKinds[name])}
		d.rules = d.check.Rules()
		for i := range d.hosts {
			d.hosts[i].here = true
		}
		d.up.Start(0)
		d.drain()
		for _, b := range script[:min(len(script), 2000)] {
			d.step(b)
			d.drain()
			d.compare()
		}
	})
}

// doctor plays a script against a checker and its naive twin.
type doctor struct {
	t     *testing.T
	name  string
	now   mesh.Time
	up    *policy.Upstream
	check policy.HealthCheck
	rules policy.HealthRules
	hosts [5]patient
}

func (d *doctor) step(b byte) {
	i, rest := int(b)%len(d.hosts), b/5
	p := &d.hosts[i]
	switch rest % 8 {
	case 0:
		d.advance(time.Duration(rest) * 50 * time.Millisecond)
	case 1:
		if p.here {
			d.up.Left(d.now, i)
			*p = patient{probe: p.probe}
		}
	case 2:
		if !p.here {
			d.up.Joined(d.now, i)
			*p = patient{here: true, out: !d.rules.Trusts, probe: p.probe}
		}
	case 3:
		d.up.Traffic()
	case 4:
		d.reply(i, policy.ProbeReply{Outcome: mesh.Reset})
	case 5:
		d.reply(i, policy.ProbeReply{Outcome: mesh.Refused})
	case 6:
		d.reply(i, policy.ProbeReply{Outcome: mesh.Error})
	default:
		d.reply(i, policy.ProbeReply{Outcome: mesh.OK, Degraded: rest > 40})
	}
}

func (d *doctor) reply(i int, r policy.ProbeReply) {
	if p := &d.hosts[i]; p.asked {
		p.took(d.check.Judge(r), d.rules)
	}
	d.up.Probed(d.now, d.hosts[i].probe, r)
}

// advance wakes the checker once, late as it may be.
func (d *doctor) advance(by time.Duration) {
	d.now = d.now.Add(by)
	for i := range d.hosts {
		if p := &d.hosts[i]; p.asked && p.probe.Deadline <= d.now {
			p.took(policy.NoAnswer, d.rules)
		}
	}
	d.up.Wake(d.now)
	if d.up.WakeAt() <= d.now {
		d.t.Fatalf("%s: wants to be woken at %v, and it is %v", d.name, d.up.WakeAt(), d.now)
	}
}

func (d *doctor) drain() {
	for p, ok := d.up.NextProbe(); ok; p, ok = d.up.NextProbe() {
		if h := &d.hosts[p.Host]; h.asked || !h.here {
			d.t.Fatalf("%s: asks host %d, asked %v, here %v", d.name, p.Host, h.asked, h.here)
		}
		d.hosts[p.Host].asked, d.hosts[p.Host].probe = true, p
	}
	for _, ok := d.up.NextClosing(); ok; _, ok = d.up.NextClosing() {
	}
}

func (d *doctor) compare() {
	here := 0
	for i, h := range d.up.Hosts() {
		want := d.hosts[i]
		if want.here {
			here++
		}
		if out := slices.Contains([]string{"failed", "failed late", "failed degraded", "failed degraded late"}, h.Health.String()); want.here && out != want.out || want.here != d.up.Member(i) {
			d.t.Fatalf("%s at %v: host %d is %v, the naive reading has %+v", d.name, d.now, i, h.Health, want)
		}
	}
	if here != d.up.Members() {
		d.t.Fatalf("%s: %d members, want %d", d.name, d.up.Members(), here)
	}
}
