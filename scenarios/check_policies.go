package scenarios

import (
	"slices"
	"strconv"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
	"github.com/meshdyno/meshdyno/unit"
)

func (l *loader) checkPolicies(g *callGraph) {
	for i := range l.scenario.Policies {
		l.checkRule(i)
	}
	l.checkSubsetRules()
	l.checkHealth(g)
	l.warnSessions()
	l.checkMatches(g)
	l.warnIdle(g)
	l.warnHashing()
	l.warnUnfed()
	l.warnIdleKnobs()
	l.warnHopeless(g)
}

// warnIdle finds rules for calls that no one makes.
func (l *loader) warnIdle(g *callGraph) {
	for i, r := range l.scenario.Policies {
		if r.From != "" && r.To != "" && !g.calls(r.From, r.To) {
			l.warn(at("policies", strconv.Itoa(i)), "never used: %s never calls %s (its calls go to %s)", r.From, r.To, orNone(g.callees(r.From)))
		}
	}
}

// checkRule judges one rule by itself.
func (l *loader) checkRule(i int) {
	path, r := at("policies", strconv.Itoa(i)), &l.scenario.Policies[i]
	if r.Timeout != nil && *r.Timeout == 0 && !l.lifts(i) {
		l.fail(append(path, "timeout"), "timeout must be above 0s; leave it out to wait for ever")
	}
	l.warnZoneWeights(path, r)
	retry, breaker := r.Retry, r.CircuitBreaker
	if retry == nil {
		return
	}
	l.checkBackOff(append(path, "retry", "back_off"), &retry.BackOff)
	if p := retry.PerTryTimeout; p != nil {
		switch {
		case *p == 0:
			l.fail(append(path, "retry", "per_try_timeout"), "per_try_timeout must be above 0s; leave it out to have none")
		case r.Timeout != nil && *p >= *r.Timeout:
			l.warn(append(path, "retry", "per_try_timeout"), "never used: %v is not below the timeout of %v", *p, *r.Timeout)
		}
	}
	if retry.NumRetries == 0 {
		return
	}
	if len(retry.RetryOn) == 0 {
		l.warn(append(path, "retry", "retry_on"), "never used: the list is empty, so nothing is tried again")
	}
	l.warnUnheard(append(path, "retry", "retry_on"), r)
	if slices.Contains(retry.RetryOn, "retriable-status-codes") && len(retry.StatusCodes) == 0 {
		l.warn(append(path, "retry", "retry_on"), "retriable-status-codes without retriable_status_codes means no code")
	}
	if !slices.Contains(retry.RetryOn, "retriable-status-codes") && len(retry.StatusCodes) > 0 {
		l.warn(append(path, "retry", "retriable_status_codes"), "never used: retry_on lacks retriable-status-codes")
	}
	if breaker != nil && noRetries(breaker) {
		l.warn(append(path, "retry"), "never used: the circuit breaker allows 0 retries")
	}
}

// lifts says whether a timeout of 0s, which is none, stands before a rule with
// another, and so lifts that for some.
func (l *loader) lifts(i int) bool {
	return slices.ContainsFunc(l.scenario.Policies[i+1:], func(r policy.Rule) bool { return r.Timeout != nil && *r.Timeout > 0 })
}

// checkBackOff holds the pauses to what Envoy takes.
func (l *loader) checkBackOff(path []string, b *policy.BackOff) {
	if b.MaxInterval > 0 && b.MaxInterval < b.BaseInterval {
		l.fail(append(path, "max_interval"), "max_interval is the longest pause, and base_interval is longer: %v", b.BaseInterval)
	}
}

func noRetries(c *policy.CircuitBreaker) bool {
	if b := c.RetryBudget; b != nil {
		return policy.AllowsNone(b)
	}
	return c.MaxRetries == 0
}

// warnHopeless finds timeouts below what the callee's answer takes at least.
func (l *loader) warnHopeless(g *callGraph) {
	f := &fixedTimes{l: l, g: g, known: map[int]int64{}, timeouts: timeouts(l.scenario.Policies)}
	f.warnConnections()
	for _, t := range l.scenario.Traffic {
		for _, to := range g.entries[t.Name] {
			f.warn(t.Name, to)
		}
	}
	for _, n := range g.nodes {
		for _, e := range n.calls {
			f.warn(n.service, e.to)
		}
	}
}

// warnConnections finds connections that are given up before they are made: to
// make one takes a round trip (RFC 9293, section 3.5), and Envoy's idle_timeout
// counts from when it begins (codec_client.cc).
func (f *fixedTimes) warnConnections() {
	trip := f.trip() - f.sidecar()
	for i := range f.l.scenario.Policies {
		pool := f.l.scenario.Policies[i].ConnectionPool
		if pool == nil {
			continue
		}
		for key, d := range map[string]*unit.Duration{"connect_timeout": pool.ConnectTimeout, "idle_timeout": pool.IdleTimeout} {
			if d != nil && int64(*d) < trip {
				f.l.warn(at("policies", strconv.Itoa(i), "connection_pool", key), "no connection will ever be made: that takes %v at least, and %s is %v", unit.Duration(trip), key, *d)
			}
		}
	}
}

// fixedTimes is the part of each endpoint's latency that is no matter of chance.
type fixedTimes struct {
	l     *loader
	g     *callGraph
	known map[int]int64

	timeouts map[[2]string]int // from and to, "" for any -> the first rule with a timeout
}

func (f *fixedTimes) warn(from string, to int) {
	rule := f.rule(from, f.g.nodes[to].service)
	if rule < 0 {
		return
	}
	timeout := *f.l.scenario.Policies[rule].Timeout
	if least := f.trip() + f.endpoint(to); timeout > 0 && least >= int64(timeout) {
		f.l.warn(at("policies", strconv.Itoa(rule), "timeout"), "every request will time out: from %s to %s takes %v at least, and the timeout is %v",
			from, f.g.name(to), unit.Duration(least), timeout)
	}
}

// timeouts finds the first rule with a timeout for each selection of calls;
// those for some requests only are left aside.
func timeouts(rules []policy.Rule) map[[2]string]int {
	first := map[[2]string]int{}
	for i, r := range rules {
		key := [2]string{r.From, r.To}
		if _, there := first[key]; !there && r.Timeout != nil && r.Match == nil {
			first[key] = i
		}
	}
	return first
}

// rule is the first rule whose timeout holds for a call, -1 for none.
func (f *fixedTimes) rule(from, to string) int {
	least := -1
	for _, key := range [][2]string{{from, to}, {"", to}, {from, ""}, {"", ""}} {
		if i, there := f.timeouts[key]; there && (least < 0 || i < least) {
			least = i
		}
	}
	return least
}

// trip is the least that the network takes, there and back, and the callee's
// sidecar.
func (f *fixedTimes) trip() int64 {
	n := &f.l.scenario.Network
	same, _ := n.SameZone.Latency.Const()
	cross, _ := n.CrossZone.Latency.Const()
	return clip(2*min(same, cross, horizonNS/4) + f.sidecar())
}

func (f *fixedTimes) sidecar() int64 {
	m := &f.l.scenario.Mesh
	if m.Proxies != "sidecar" {
		return 0
	}
	hop := m.Hop.Resolved()
	in, _ := hop.Request.Const()
	out, _ := hop.Response.Const()
	return min(in, horizonNS/4) + min(out, horizonNS/4)
}

const horizonNS = int64(horizon)

func clip(ns int64) int64 { return max(0, min(ns, horizonNS)) }

func (f *fixedTimes) endpoint(i int) int64 {
	if ns, known := f.known[i]; known {
		return ns
	}
	f.known[i] = 0 // a cycle adds nothing that is certain
	ns := f.sequence(f.g.nodes[i].steps)
	f.known[i] = ns
	return ns
}

func (f *fixedTimes) sequence(steps []mesh.Step) int64 {
	var sum int64
	for i := range steps {
		sum = clip(sum + f.step(&steps[i]))
	}
	return sum
}

func (f *fixedTimes) step(s *mesh.Step) int64 {
	switch {
	case s.Work != nil:
		ns, _ := s.Work.Const()
		return clip(ns)
	case s.Wait != nil:
		ns, _ := s.Wait.Const()
		return clip(ns)
	case s.Call != nil && s.Call.Chance >= 1:
		return f.call(s.Call.To)
	case s.Parallel != nil:
		var longest int64
		for i := range s.Parallel {
			longest = max(longest, f.step(&s.Parallel[i]))
		}
		return longest
	case s.Repeat != nil:
		once := f.sequence(s.Repeat.Steps)
		if once > horizonNS/int64(s.Repeat.Times) {
			return horizonNS
		}
		return once * int64(s.Repeat.Times)
	}
	return f.sequence(s.Steps)
}

func (f *fixedTimes) call(to string) int64 {
	service, path := mesh.SplitTarget(to)
	i := f.g.first[service]
	if path != "" {
		i = f.g.endpoint[service+path]
	}
	return clip(f.trip() + f.endpoint(i))
}
