package policy

import (
	"time"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
)

// course is a route at work in one proxy: its knobs, made ready, and what is
// remembered about them from call to call.
type course struct {
	plan      *Plan // the upstream's, with this route
	up        *Upstream
	budget    Budget       // of retries, beside the breaker's; or nil
	hashes    []HashPolicy // what keeps requests together
	limits    limits       // of a call, as the rules have them
	reads     bool         // requests may change them
	remembers bool         // calls do, to whom they were sent
	faults    *faults      // nil: none
}

// ready makes a route ready.
func (u *Upstream) ready(p *Plan) course {
	return course{plan: p, up: u, budget: u.budgetOf(p.Retry), hashes: p.hashes(), limits: p.ruled(), reads: p.readsRequests(), remembers: p.Retry.remembers(), faults: u.faultsOf(p.Fault)}
}

// heeds says whether the route is more than a timeout and retries.
func (k *course) heeds() bool {
	return len(k.hashes) > 0 || k.faults != nil || k.reads || k.plan.IdleTimeout != nil || k.plan.MaxStreamDuration != nil
}

// router finds the course of each request where rules look at requests or copy
// them. Courses are made when the first request takes them: of all sets of
// matches only few are ever met. Budgets and faults belong to the rules, so that
// several courses share them.
type router struct {
	asked   asked
	draws   chance.Stream // one number for each request
	courses map[uint64]*course
	budgets map[*Retry]Budget
	faults  map[*FaultFilter]*faults
	copies  *course // of copies; nil before the first
}

// mostCourses is how many courses are remembered. What is forgotten is made
// again.
const mostCourses = 4096

func newRouter(draws chance.Stream) *router {
	return &router{draws: draws, courses: map[uint64]*course{}, budgets: map[*Retry]Budget{}, faults: map[*FaultFilter]*faults{}}
}

// routeOf finds the course of a request, and which mirrors get a copy of it.
func (u *Upstream) routeOf(q Request) (k *course, copies uint8) {
	r := u.router
	r.asked.Request, r.asked.draw = q, r.draws.Uint64()
	k = u.courseOf(u.plan.meets(&r.asked))
	r.asked.Request = nil
	if len(k.plan.Mirror) > 0 {
		copies = chosen(k.plan.Mirror, q, r.asked.draw)
	}
	return k, copies
}

func (u *Upstream) courseOf(met uint64) *course {
	if met == 0 {
		return &u.course
	}
	r := u.router
	k := r.courses[met]
	if k == nil {
		if len(r.courses) >= mostCourses {
			clear(r.courses)
		}
		plan := *u.plan
		plan.RoutePlan = plan.route(met)
		fresh := u.ready(&plan)
		k = &fresh
		r.courses[met] = k
	}
	return k
}

// copyCourse is that of copies: they are neither tried again nor harmed nor
// copied, and have the timeout of what they are copies of. No match is theirs.
func (u *Upstream) copyCourse() *course {
	if u.router == nil {
		u.router = newRouter(u.stream(forDraws))
	}
	r := u.router
	if r.copies == nil {
		plan := *u.plan
		plan.RoutePlan = RoutePlan{Subset: u.plan.Subset, HashPolicy: u.plan.HashPolicy}
		fresh := u.ready(&plan)
		r.copies = &fresh
	}
	return r.copies
}

// budgetOf is the budget that a retry policy has in this proxy; nil: none.
func (u *Upstream) budgetOf(r *Retry) Budget {
	switch {
	case r == nil || r.Budget == nil:
		return nil
	case u.router == nil:
		return r.Budget.Settings.New()
	}
	b, there := u.router.budgets[r]
	if !there {
		b = r.Budget.Settings.New()
		u.router.budgets[r] = b
	}
	return b
}

// faultsOf is a fault filter at work in this proxy; nil: none.
func (u *Upstream) faultsOf(f *FaultFilter) *faults {
	switch {
	case f == nil:
		return nil
	case u.router == nil:
		return &faults{FaultFilter: f, dice: u.stream(forFaults)}
	}
	made := u.router.faults[f]
	if made == nil {
		made = &faults{FaultFilter: f, dice: u.stream(forFaults + uint64(len(u.router.faults)))}
		u.router.faults[f] = made
	}
	return made
}

// What streams beside the balancer's are for.
const (
	forDraws uint64 = iota
	forFaults
)

// stream is one of the upstream's own that takes nothing from the balancer's.
func (u *Upstream) stream(purpose uint64) chance.Stream {
	return chance.Keyed(chance.Mix(u.key, purpose))
}

// Timeout is how long the call may take, which its copies may too; 0: for ever.
func (c *Call) Timeout() time.Duration { return c.limits().whole }

// BeginCopy starts a call that is a copy of another, with the timeout of that.
// Its answer is nobody's.
func (c *Call) BeginCopy(now mesh.Time, up *Upstream, q Request, timeout time.Duration) {
	c.reset(now, up, 0)
	c.session = up.session(now, q)
	c.route = up.copyCourse()
	c.keepTogether(q)
	c.limit(now, timeout, lateRoute)
	c.start(now)
}
