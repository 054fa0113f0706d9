package policy_test

import (
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
	"github.com/meshdyno/meshdyno/unit"
)

// This file is the part of the fuzz's driver that knows budgets and breakers by
// itself: it keeps machines of its own, tells them what it sees, and says before
// each decision how the call has to decide.

// twin keeps them.
type twin struct {
	budgets map[*policy.Retry]policy.Budget
	all     policy.Breaker
	each    []policy.Breaker
	tickets map[*player]uint32
}

// arm makes the budgets of the rules, and reads a breaker off the tape. Its
// penalties are without jitter, for whose dice would it be?
func (g *game) arm(breaks bool) {
	g.twin.budgets = map[*policy.Retry]policy.Budget{}
	for _, r := range g.rules {
		if r.Retry != nil && r.Retry.Budget != nil {
			g.twin.budgets[r.Retry] = r.Retry.Budget.Settings.New()
		}
	}
	if !breaks {
		return
	}
	g.plan.FailureBreaker = g.drawBreaker()
	g.twin.tickets = map[*player]uint32{}
	if !g.plan.FailureBreaker.PerHost() {
		g.twin.all = g.plan.FailureBreaker.New()
		return
	}
	for range g.hosts {
		g.twin.each = append(g.twin.each, g.plan.FailureBreaker.New())
	}
}

// drawBreaker reads a breaker of any kind off the tape, that is soon shut.
func (g *ground) drawBreaker() policy.BreakerSettings {
	kind, scope := g.tape.next(4), policy.BreakerScope{Scope: []string{"cluster", "host"}[g.tape.next(2)]}
	return []policy.BreakerSettings{
		&policy.ConsecutiveBreaker{BreakerScope: scope, Failures: 1 + g.tape.next(3), Timeout: 200 * unit.Millisecond, MaxRequests: 1 + g.tape.next(2)},
		&policy.HystrixBreaker{BreakerScope: scope, RequestVolumeThreshold: 1 + g.tape.next(3), ErrorThresholdPercentage: 0.5,
			SleepWindow: 300 * unit.Millisecond, RollingWindow: unit.Second, SnapshotInterval: 50 * unit.Millisecond},
		&policy.ResilienceBreaker{BreakerScope: scope, SlidingWindowSize: 3, MinimumCalls: 2, FailureRate: 0.5, WaitDuration: 200 * unit.Millisecond, PermittedCalls: 2},
		&policy.AccrualBreaker{BreakerScope: scope, MaxFailures: 2, SuccessRate: 0.3, MinRequests: 2, Window: unit.Second, MinPenalty: 100 * unit.Millisecond, MaxPenalty: unit.Second},
	}[kind]
}

// poor makes a budget so small that it is often empty.
func (g *ground) poor(settings policy.BudgetSettings) {
	few := g.tape.next(3)
	small := policy.TTLBudget{RetryRatio: 0.5, MinRetriesPerSecond: few, TTL: unit.Second}
	switch b := settings.(type) {
	case *policy.LinkerdBudget:
		b.TTLBudget = small
	case *policy.FinagleBudget:
		b.TTLBudget = small
	case *policy.GRPCBudget:
		b.MaxTokens, b.TokenRatio = float64(2+few), 0.5
	case *policy.GatewayBudget:
		b.Interval, b.MinRetryRate = unit.Second, few
	case *policy.RetryBudget:
		b.MinRetryConcurrency = few
	}
}

// sent holds an attempt to the breaker of its host.
func (g *game) sent(c *player) {
	if b := g.twin.budgets[c.retry]; b != nil && c.sent == 1 {
		b.Began(g.now)
	}
	if b := g.breaker(c.host); b != nil {
		if !b.Admits(g.now) {
			g.t.Fatalf("attempt %d goes to host %d, and its breaker %v", c.sent, c.host, b.Phase(g.now))
		}
		g.twin.tickets[c] = b.Began(g.now)
	}
}

func (g *game) breaker(host int) policy.Breaker {
	if g.twin.each != nil {
		return g.twin.each[host]
	}
	return g.twin.all
}

// ended tells the breaker.
func (g *game) ended(c *player, o mesh.Outcome) {
	b := g.breaker(c.host)
	if b == nil {
		return
	}
	v := policy.Bad
	switch o {
	case mesh.OK:
		v = policy.Good
	case mesh.Unfinished:
		v = policy.Gone
	}
	d := dice(0)
	b.Ended(g.now, g.twin.tickets[c], v, &d)
}

// mayAnswer holds the answers that are a breaker's to what it says.
func (g *game) mayAnswer(o mesh.Outcome) {
	switch {
	case o == mesh.Broken && (g.twin.all == nil || g.twin.all.Admits(g.now)):
		g.t.Fatal("broken, and the breaker lets attempts out")
	case o == mesh.Unavailable && !g.grouped && !g.unpooled:
		for i, h := range g.up.Hosts() {
			out := h.Ejected && !g.panics()
			if b := g.breaker(i); !out && (b == nil || b.Admits(g.now)) {
				g.t.Fatalf("unavailable, and host %d may be asked", i)
			}
		}
	}
}

// panics says that so many are out that all would be asked.
func (g *game) panics() bool {
	in := 0
	for _, h := range g.up.Hosts() {
		if !h.Ejected {
			in++
		}
	}
	return !policy.NeverPanics(g.plan.Outlier) && policy.Panics(in, g.hosts, 140, g.plan.PanicThreshold())
}

// retries says whether an attempt of c that ends in o is to be tried again.
func (g *game) retries(c *player, o mesh.Outcome) bool {
	r := c.retry
	if r == nil {
		return false
	}
	again := o.Status() >= 500
	budget := g.twin.budgets[r]
	if budget != nil {
		budget.Ended(g.now, o, again)
	}
	if !again || c.sent >= g.tries(c) {
		return false
	}
	l := g.load(c)
	if !g.plan.Multiplexed || o != mesh.Reset && o != mesh.Timeout {
		l.Requests++
	}
	return g.capAllows(c.priority, l) && (budget == nil || budget.Withdraw(g.now, l))
}

// load is what all calls of its priority but one have under way.
func (g *game) load(but *player) (l policy.Load) {
	for _, c := range g.players {
		if c == but || c.priority != but.priority {
			continue
		}
		if c.live {
			l.Requests++
		}
		if !c.Over() && (c.sent > 1 || c.sent == 1 && !c.live) {
			l.Retries++
		}
	}
	return l
}

func (g *game) capAllows(at policy.Priority, l policy.Load) bool {
	if g.plan.Breaker == nil {
		return true
	}
	b := g.thresholdsOf(at)
	if b.RetryBudget == nil {
		return l.Retries < b.MaxRetries
	}
	return l.Retries < b.RetryBudget.MinRetryConcurrency || l.Retries < int(float64(b.RetryBudget.BudgetPercent)*float64(l.Requests))
}

// decided compares.
func (g *game) decided(c *player, o mesh.Outcome, again bool) {
	if again == c.Over() {
		g.t.Fatalf("attempt %d ended in %v: to be tried again is %v, and the call is over: %v", c.sent, o, again, c.Over())
	}
}

// forgot gives a host that has left a breaker that knows nothing.
func (g *game) forgot(host int) {
	if g.twin.each != nil {
		g.twin.each[host] = g.plan.FailureBreaker.New()
	}
}
