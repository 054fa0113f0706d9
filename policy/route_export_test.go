package policy

import (
	"time"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
)

// Route is the route of a request, found as calls find theirs.
func (u *Upstream) Route(q Request) RoutePlan {
	k, _ := u.routeOf(q)
	return k.plan.RoutePlan
}

// Draw is the number that the request before was judged by.
func (u *Upstream) Draw() uint64 { return u.router.asked.draw }

// ActiveFaults counts the requests that the fault filter delays.
func (u *Upstream) ActiveFaults() int { return u.course.faults.active }

// Filter is a fault filter at work.
type Filter struct{ f faults }

// NewFilter makes one whose dice are of this seed.
func NewFilter(f *FaultFilter, seed uint64) *Filter {
	return &Filter{faults{FaultFilter: f, dice: chance.Keyed(seed)}}
}

// Strikes decides about one request: the delay and the answer.
func (f *Filter) Strikes(q Request) (delay time.Duration, status int, code mesh.GRPCStatus) {
	h := f.f.judge(q)
	f.f.release(&h)
	status, code = (&Call{injected: h.answer}).Injected()
	return h.delay, status, code
}
