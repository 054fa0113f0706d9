package policy_test

import (
	"fmt"
	"sync"
	"time"

	"github.com/meshdyno/meshdyno/internal/strict"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
	"github.com/meshdyno/meshdyno/unit"
)

// knobs are those of the route that a request takes, found naively.
type knobs struct {
	timeout  time.Duration
	retry    *policy.Retry
	priority policy.Priority
	mirror   []policy.Mirror
	mirrors  int // the number of the first among all mirrors
	fault    *policy.FaultFilter
	only     string // the version of the only hosts that may be asked; any when empty
}

// special is the match of requests with x-route: special.
var special = sync.OnceValue(func() *policy.Match {
	var r policy.Rule
	if _, err := strict.Decode("match.yaml", []byte("match: {headers: {x-route: special}}"), &r); err != nil {
		panic(err)
	}
	return r.Match
})

// drawRules reads one rule for all requests off the tape, and perhaps one for
// the special ones before it.
func (g *game) drawRules() {
	if g.tape.yes() {
		g.rules = append(g.rules, g.drawRule())
		g.rules[0].Match = special()
	}
	g.rules = append(g.rules, g.drawRule())
	g.plan = policy.Resolve(g.rules, "web", "payments")
}

func (g *game) drawRule() (r policy.Rule) {
	flags := g.tape.next(256)
	if g.drawRoute(&r, flags); flags&2 != 0 {
		r.Retry = g.drawRetry(flags)
	}
	return r
}

// drawRoute reads what a route says besides what is tried again.
func (g *ground) drawRoute(r *policy.Rule, flags int) {
	if flags&1 != 0 {
		limit := unit.Duration(g.tape.next(40)) * 10 * unit.Millisecond
		r.Timeout = &limit
	}
	if flags&32 != 0 {
		r.Priority = []string{"high", "default"}[g.tape.next(2)]
	}
	if g.tape.next(4) == 0 {
		r.Fault = g.drawFault()
	}
	for range max(0, g.tape.next(5)-2) {
		r.Mirror = append(r.Mirror, policy.Mirror{To: "shadow", RuntimeFraction: unit.Ratio(1+g.tape.next(2)) / 2})
	}
	if flags&128 != 0 && g.tape.yes() {
		r.Subset = []mesh.Label{{Key: "version", Value: fmt.Sprint(g.tape.next(3))}}
	}
}

func (g *ground) drawRetry(flags int) *policy.Retry {
	r := &policy.Retry{RetryOn: []string{"5xx"}, NumRetries: g.tape.next(6)}
	r.BackOff.SetDefaults()
	if flags&4 != 0 {
		limit := unit.Duration(g.tape.next(30)) * 10 * unit.Millisecond
		r.PerTryTimeout = &limit
	}
	if flags&8 != 0 {
		rows := policy.Budgets.Rows()
		row := rows[g.tape.next(len(rows))]
		r.Budget = &policy.BudgetChoice{Kind: row.Name, Settings: row.New()}
		g.poor(r.Budget.Settings)
	}
	if flags&16 != 0 {
		r.HostPredicates, r.HostSelection = []policy.HostPredicate{{Kind: "previous_hosts"}, {OmitHostMetadata: []mesh.Label{{Key: "version", Value: "1"}}}}, 1+g.tape.next(3)
	}
	if flags&64 != 0 {
		r.Priority = &policy.RetryPriority{PreviousPriorities: &policy.PreviousPriorities{UpdateFrequency: 1 + g.tape.next(2)}}
	}
	return r
}

func (g *ground) drawFault() *policy.FaultFilter {
	f, flags := &policy.FaultFilter{}, g.tape.next(8)
	if flags&1 != 0 {
		f.Delay = &policy.FaultDelay{FixedDelay: unit.Duration(1+g.tape.next(20)) * 10 * unit.Millisecond, FaultShare: policy.FaultShare{Percentage: 0.5}}
	}
	if flags&2 != 0 {
		f.Abort = &policy.FaultAbort{HTTPStatus: []int{200, 503}[g.tape.next(2)], FaultShare: policy.FaultShare{Percentage: 0.5}}
	}
	if flags&4 != 0 {
		most := g.tape.next(3)
		f.MaxActiveFaults = &most
	}
	return f
}

// fold finds the knobs of a request: of each, the first rule that is about it
// and says something.
func (g *game) fold(special bool) (k knobs) {
	mirrors, timed, ranked := 0, false, false
	for _, r := range g.rules {
		if here := mirrors; r.Match == nil || special {
			if r.Timeout != nil && !timed {
				k.timeout, timed = r.Timeout.Std(), true
			}
			if r.Priority != "" && !ranked {
				k.priority, ranked = map[string]policy.Priority{"high": policy.High}[r.Priority], true
			}
			if k.retry == nil {
				k.retry = r.Retry
			}
			if k.fault == nil {
				k.fault = r.Fault
			}
			if k.mirror == nil && r.Mirror != nil {
				k.mirror, k.mirrors = r.Mirror, here
			}
			if k.only == "" && r.Subset != nil && !g.falls {
				k.only = r.Subset[0].Value
			}
		}
		mirrors += len(r.Mirror)
	}
	return k
}

// request is what such a call begins with.
func (g *game) request(special bool) policy.Request {
	q := &letter{path: "/", method: "GET", headers: map[string][]string{"x-host": {g.session}}}
	if special {
		q.headers["x-route"] = []string{"special"}
	}
	return q
}
