// Package policy is what a proxy decides, as machines that know no clock, no
// socket and no thread. Two drivers run it: the simulator in virtual time and
// the live proxy in real time.
//
// A [Call] is one request on its way through one proxy. The driver tells it
// what happened and asks it what to do:
//
//	call.Begin(now, upstream, request)
//	for a := call.Next(); a.Kind != policy.Nothing; a = call.Next() {
//		// send an attempt, give one up, answer
//	}
//	wake me at call.WakeAt()
//
// and again after each Done, Wake or Cancel. What many calls share is the
// [Upstream]: the hosts, the balancer, the counters of the circuit breaker. A
// [Plan] holds the settings of an upstream, folded from the scenario's rules.
//
// The Upstream has an alarm of its own, for what goes on between calls: the
// driver wakes it at its WakeAt too, and looks at that after each call.
//
// Several attempts of a call may be in flight at once; Done tells of each how it
// ended, as a [Reply]: its outcome, its status, and what its headers say.
//
// Chance is handed in as a stream, now always comes first, and nothing here
// allocates per decision.
package policy
