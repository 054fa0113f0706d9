package scenarios

import (
	"slices"
	"strconv"
	"strings"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/fault"
	"github.com/meshdyno/meshdyno/internal/strict"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/unit"
)

// horizon is the longest run: 146 years. Beyond it, sums of moments overflow.
const horizon = unit.Duration(chance.Largest)

func (l *loader) checkTimes() {
	s := l.scenario
	if s.Duration <= 0 {
		l.fail(at("duration"), "duration must be above 0s: it is the time that is measured")
	} else if s.Duration > horizon-min(s.Warmup.For, horizon) {
		l.fail(at("duration"), "duration and warm-up together are longer than 146 years")
	}
}

func (l *loader) checkServices() {
	total := 0
	for i := range l.scenario.Services {
		s := &l.scenario.Services[i]
		total += s.Replicas
		l.checkZones(at("services", s.Name, "zones"), s.Zones)
		l.checkZoneWeights(s)
		l.checkSubsets(s)
		l.checkQueue(at("services", s.Name, "queue"), s)
	}
	if total > maxReplicas {
		l.fail(at("services"), "%d replicas in all (allowed %d)", total, maxReplicas)
	}
}

// checkQueue finds times of 0, which would refuse everyone or no one, and
// settings without effect.
func (l *loader) checkQueue(path []string, s *mesh.Service) {
	given := func(key string) bool { return l.tree.HasKey(key, path...) }
	if s.Concurrency == 0 && (s.Queue.Limit != mesh.Unlimited || l.tree.Has(path...)) {
		l.warn(path, "never used: without a concurrency every request is worked on at once")
	}
	if given("timeout") && s.Queue.Timeout.IsZero() {
		l.fail(append(path, "timeout"), "timeout must be above 0s; leave it out to wait for ever")
	}
	for key, value := range map[string]unit.Duration{"target": s.Queue.Target, "interval": s.Queue.Interval} {
		switch {
		case !given(key):
		case value <= 0:
			l.fail(append(path, key), "%s must be above 0s", key)
		case s.Queue.Order != "codel":
			l.warn(append(path, key), "never used: it is for order: codel (got %s)", s.Queue.Order)
		}
	}
}

func (l *loader) checkZones(path []string, zones []string) {
	seen := make(map[string]bool, len(zones))
	for i, zone := range zones {
		if seen[zone] {
			l.fail(append(path, strconv.Itoa(i)), "zone %s is here twice; replicas are spread over the zones evenly", strict.Show(zone))
			return
		}
		seen[zone] = true
	}
}

func (l *loader) checkTraffic(g *callGraph) {
	for i := range l.scenario.Traffic {
		t := &l.scenario.Traffic[i]
		l.checkZones(at("traffic", t.Name, "zones"), t.Zones)
		none := len(t.Rate) > 0
		for i, phase := range t.Rate {
			none = none && phase.Rate.From == 0 && phase.Rate.To == 0
			if path := at("traffic", t.Name, "rate", strconv.Itoa(i)); phase.For == 0 && l.tree.HasKey("for", path...) {
				l.fail(append(path, "for"), "for must be above 0s; leave it out for a rate that holds to the end")
			}
		}
		if none {
			l.fail(at("traffic", t.Name, "rate"), "the rate is 0 throughout, so no request ever comes")
		}
		if g.services[t.Name] != nil {
			l.warn(at("traffic", t.Name), "a service has this name too; checks and policies that name it mean the traffic class")
		}
	}
}

func (l *loader) checkFaults(g *callGraph) {
	s := l.scenario
	for i := range s.Faults {
		f := &s.Faults[i]
		path := at("faults", strconv.Itoa(i))
		if f.At >= s.Duration {
			l.warn(append(path, "at"), "begins at %v, when the run of %v is over: it never happens", f.At, s.Duration)
		}
		if f.For != nil && *f.For == 0 {
			l.fail(append(path, "for"), "for must be above 0s; leave it out for a fault that lasts to the end")
		}
		if f.Restart != nil && f.Name != "crash" {
			l.fail(append(path, "restart"), "restart is for crash; the fault %s ends by itself (for)", f.Name)
		}
		if n := victims(f.Kind); n > 0 {
			l.checkVictims(append(path, f.Name), n, g.services[f.Kind.Target()])
		}
	}
}

// victims is how many replicas a fault strikes; 0 is all.
func victims(k fault.Kind) int {
	switch k := k.(type) {
	case *fault.Crash:
		return k.Replicas
	case *fault.Slow:
		return k.Replicas
	case *fault.Errors:
		return k.Replicas
	case *fault.Health:
		return k.Replicas
	}
	return 0
}

func (l *loader) checkVictims(path []string, n int, s *mesh.Service) {
	if n > s.Replicas {
		l.fail(append(path, "replicas"), "%s has only %d of the %d replicas that it strikes", s.Name, s.Replicas, n)
	}
}

func (l *loader) checkNetwork() {
	n := &l.scenario.Network
	for name, link := range map[string]*mesh.Link{"same_zone": &n.SameZone, "cross_zone": &n.CrossZone} {
		path := at("network", name)
		if link.Loss >= 1 && l.tree.Has(path...) {
			l.fail(append(path, "loss"), "loss must be below 100%%, or no message ever arrives")
		}
	}
	m := &l.scenario.Mesh
	if m.Proxies == "none" && (m.TLS != "none" || l.tree.Has("mesh", "hop")) {
		l.warn(at("mesh"), "never used: without proxies there is nothing to put tls or hop on")
	}
}

// long is the time above which a latency looks like a mistaken unit.
const long = 60 * unit.Second

// warnDistributions says what is odd about single values: distributions without
// a mean or a variance, latencies of minutes.
func (l *loader) warnDistributions() {
	strict.Walk(l.scenario, func(path []string, value any) {
		if d, ok := value.(interface{ Warnings() []string }); ok {
			for _, text := range d.Warnings() {
				l.warn(path, "%s", text)
			}
		}
		if len(path) == 0 || !strings.Contains(" latency work wait by timeout per_try_timeout ", " "+path[len(path)-1]+" ") {
			return
		}
		if mean, ok := meanOf(value); ok && mean > float64(long) {
			l.warn(path, "%v is more than a minute; m is minutes, ms is milliseconds", value)
		}
	})
	slices.Sort(l.scenario.Warnings)
	l.scenario.Warnings = slices.Compact(l.scenario.Warnings)
}

func meanOf(value any) (float64, bool) {
	switch x := value.(type) {
	case *unit.Duration:
		return float64(*x), true
	case *chance.Duration:
		return x.Mean(), x.NeedsFile() == ""
	}
	return 0, false
}
