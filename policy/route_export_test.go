package policy

// Route is the route of a request, found as calls find theirs.
func (u *Upstream) Route(q Request) RoutePlan {
	k, _ := u.routeOf(q)
	return k.plan.RoutePlan
}

// Draw is the number that the request before was judged by.
func (u *Upstream) Draw() uint64 { return u.router.asked.draw }

// ActiveFaults counts the requests that the fault filter delays.
func (u *Upstream) ActiveFaults() int { return u.course.faults.active }

// Strikes decides about one request, as the fault filter of a rule does: the
// delay in nanoseconds, the status and the code of gRPC.
func (f *FaultFilter) Strikes(q Request) (delay int64, status, code int) {
	all := &faults{FaultFilter: f}
	all.dice.Uint64()
	h := all.judge(q)
	return int64(h.delay), int(h.status), int(h.code)
}
