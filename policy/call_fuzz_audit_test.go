package policy_test

import (
	"fmt"
	"slices"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

// books are what a driver sees under way at one priority.
type books struct{ requests, waiting, retries int }

// audit compares the upstream's books with the driver's, and both with the caps.
func (g *game) audit() {
	var seen [2]books
	active, loads, faults := make([]int32, g.hosts), map[policy.Conn]int{}, map[*policy.FaultFilter]int{}
	for _, c := range g.players {
		b := &seen[c.priority]
		switch {
		case c.live && c.waits:
			b.waiting++
		case c.live:
			b.requests++
			active[c.host]++
			loads[c.conn]++
		case c.delayed():
			faults[c.fault]++
		}
		if !c.Over() && (c.sent > 1 || c.sent == 1 && !c.live) {
			b.retries++
		}
		if most := g.tries(c); c.sent > most {
			g.t.Fatalf("%d attempts, and %d are allowed", c.sent, most)
		}
	}
	g.busy(active)
	for at, b := range seen {
		var own books
		if own.requests, own.waiting, own.retries = g.up.Under(policy.Priority(at)); own != b {
			g.t.Fatalf("at priority %d the upstream counts %+v, the driver %+v", at, own, b)
		}
		g.caps(policy.Priority(at), b)
	}
	g.carried(loads)
	g.active(faults)
}

// busy compares what hosts have under way.
func (g *ground) busy(active []int32) {
	conns := make([]int32, g.hosts)
	for _, w := range g.wires {
		conns[w.host]++
	}
	for i, h := range g.up.Hosts() {
		if h.Active != active[i] || h.Conns != conns[i] {
			g.t.Fatalf("host %d has %d active on %d connections, the driver sees %d on %d", i, h.Active, h.Conns, active[i], conns[i])
		}
	}
	if err := g.up.AuditPools(); err != nil {
		g.t.Fatal(err)
	}
}

// active compares the requests that fault filters hold back.
func (g *game) active(faults map[*policy.FaultFilter]int) {
	total := 0
	for f, n := range faults {
		if total += n; f.MaxActiveFaults != nil && n > *f.MaxActiveFaults {
			g.t.Fatalf("%d requests are delayed of at most %d", n, *f.MaxActiveFaults)
		}
	}
	if own := g.up.Harmed(); own != total {
		g.t.Fatalf("%d requests are delayed, and the filters say %d", total, own)
	}
}

// tries is how many attempts a call may have.
func (g *game) tries(c *player) int {
	switch {
	case c.retry == nil:
		return 1
	case g.plan.Dialect == "grpc":
		return min(1+c.retry.NumRetries, 5)
	}
	return 1 + c.retry.NumRetries
}

// caps: a cap that shrinks with the requests under way throws nobody out, so of
// a budget only the greatest that it ever was can be told here.
func (g *ground) caps(at policy.Priority, b books) {
	if g.plan.Breaker == nil {
		return
	}
	c := g.thresholdsOf(at)
	most := c.MaxRetries
	if c.RetryBudget != nil {
		most = max(c.RetryBudget.MinRetryConcurrency, int(float64(c.RetryBudget.BudgetPercent)*float64(c.MaxRequests+c.MaxPendingRequests)))
	}
	if b.requests > c.MaxRequests || b.retries > most || b.waiting > c.MaxPendingRequests {
		g.t.Fatalf("%+v under %+v", b, *c)
	}
	if conns := g.up.Connections(at); !g.returned && conns > c.MaxConnections+g.hosts*max(g.plan.Workers, 1) {
		g.t.Fatalf("%d connections of at most %d", conns, c.MaxConnections)
	}
}

// thresholdsOf are the caps of a priority; those of high are Envoy's when none are
// listed.
func (g *ground) thresholdsOf(at policy.Priority) *policy.Thresholds {
	switch b := g.plan.Breaker; {
	case at == policy.Normal:
		return &b.Thresholds
	case b.High != nil:
		return b.High
	}
	var usual policy.Thresholds
	usual.SetDefaults()
	return &usual
}

// finish answers and wakes until every call is over.
func (g *game) finish() {
	for range 20 + 14*len(g.players) {
		for i := 0; i < len(g.wires); i++ {
			g.wire(i, true)
		}
		for _, c := range g.players {
			g.end(c, g.outcome())
		}
		if c := g.waking(); c != nil {
			g.wake(c)
		}
	}
	g.audit()
	for i, c := range g.players {
		if want := map[bool]int{true: 0, false: 1}[c.cancelled]; c.answers != want || !c.Over() {
			g.t.Fatalf("call %d: %d answers, cancelled %v", i, c.answers, c.cancelled)
		}
	}
	if g.up.Requests() != 0 || g.up.Retries() != 0 || g.up.Harmed() != 0 || slices.ContainsFunc(g.up.Hosts(), func(h policy.Host) bool { return h.Active != 0 }) {
		g.t.Fatal("in flight in the end: " + fmt.Sprint(g.up.Requests(), g.up.Retries(), g.up.Harmed(), g.up.Hosts()))
	}
}

// waking is the player that wants to be woken first.
func (g *game) waking() (first *player) {
	for _, c := range g.players {
		if !c.Over() && (first == nil || c.WakeAt() < first.WakeAt()) {
			first = c
		}
	}
	if first != nil && first.WakeAt() == mesh.Never {
		return nil
	}
	return first
}
