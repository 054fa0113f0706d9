package scenarios

import (
	"strconv"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/fault"
	"github.com/meshdyno/meshdyno/policy"
)

// checkHealth judges the health checks of all rules.
func (l *loader) checkHealth(g *callGraph) {
	for i := range l.scenario.Policies {
		r, path := &l.scenario.Policies[i], at("policies", strconv.Itoa(i))
		switch {
		case r.HealthCheck != nil:
			l.checkProbes(append(path, "health_check"), r, g)
		case r.IgnoreHealthOnHostRemoval:
			l.warn(append(path, "ignore_health_on_host_removal"), "never used: the rule has no health_check")
		case r.CloseConnectionsOnHostHealthFailure:
			l.warn(append(path, "close_connections_on_host_health_failure"), "never used: the rule has no health_check")
		}
	}
	l.warnUnseen()
}

// checkProbes holds gRPC's check to services that can answer it, as Envoy does
// (createGrpcHealthChecker), and warns of more probes than one wants to wait for.
func (l *loader) checkProbes(path []string, r *policy.Rule, g *callGraph) {
	rules, dice := r.HealthCheck.Settings.Rules(), chance.New(0, 0, "probes", "pause")
	for i := range l.scenario.Services {
		s := &l.scenario.Services[i]
		callers := l.callersOf(r, s.Name, g)
		if callers == 0 || r.To != "" && r.To != s.Name {
			continue
		}
		if rules.Protocol == policy.GRPCProbe && s.Protocol != "grpc" && s.Protocol != "http2" {
			l.fail(append(path, "kind"), "%s speaks %s; a gRPC health check needs http2 or grpc", s.Name, s.Protocol)
			return
		}
		pause := r.HealthCheck.Settings.Pause(policy.HealthState{Passed: true}, &dice).Seconds()
		if rate := float64(callers) * float64(s.Replicas) / pause; rate > manyProbes {
			l.warn(path, "about %s health checks a second: %d proxies ask each of the %d replicas of %s", amount(rate), callers, s.Replicas, s.Name)
		}
	}
}

// manyProbes a second take longer to run than most traffic.
const manyProbes = 50_000

// callersOf counts the replicas and clients that a rule makes ask a service.
func (l *loader) callersOf(r *policy.Rule, to string, g *callGraph) (n int) {
	for from, replicas := range l.replicas() {
		if (r.From == "" || r.From == from) && g.calls(from, to) {
			n += replicas
		}
	}
	return n
}

// replicas are how many there are of each service and traffic class.
func (l *loader) replicas() map[string]int {
	all := map[string]int{}
	for _, s := range l.scenario.Services {
		all[s.Name] += s.Replicas
	}
	for _, t := range l.scenario.Traffic {
		all[t.Name] += t.Clients
	}
	return all
}

// warnUnseen finds faults of health checks that nobody makes.
func (l *loader) warnUnseen() {
	for i, f := range l.scenario.Faults {
		k, ok := f.Kind.(*fault.Health)
		if ok && !l.checked(k.Service) {
			l.warn(at("faults", strconv.Itoa(i), "health"), "never seen: no policy has a health_check for %s", k.Service)
		}
	}
}

// checked says whether any rule checks the health of a service.
func (l *loader) checked(service string) bool {
	for _, r := range l.scenario.Policies {
		if r.HealthCheck != nil && (r.To == "" || r.To == service) {
			return true
		}
	}
	return false
}
