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
//
// # Where is what
//
// The files of one room share the beginning of their names; a kind that a scenario
// can ask for has a file of its own name.
//
//	what a user writes
//	  settings                 a rule of a scenario, and what its keys mean
//	  plan dialects common_lb  the rules of one edge, folded into what holds there
//	  match*                   which requests a rule is about
//	  route*                   the knobs that follow for a request: times, retries, mirrors,
//	                           faults, and by which subset, hash and priority it is sent
//	one call
//	  call* attempt            the loop; begin with the comment on Call
//	  request reply flags log  what it reads, and what it tells
//	  timeouts hedging         settings of its time, and of several attempts at once
//	  fault_filter mirror      what is done to requests on purpose
//	what calls share
//	  upstream hosts worker    one proxy's view of a callee
//	  membership*              hosts that come and go
//	  pool*                    connections, and the caps on them
//	  circuit_breaker          those caps' settings: Envoy's breaker, which knows no failures
//	  breaker*                 breakers that count failures; the menu is in breaker
//	  outlier*                 hosts that are taken out; the menu is in outliers
//	  health*                  hosts that are asked how they are; the menu is in health_check
//	  retry*                   what is tried again, when and where
//	  budget*                  how much of it; the menu is in budget
//	which hosts a balancer chooses among
//	  spread* priorities       priorities, panic, degraded hosts
//	  locality zone_aware      zones
//	  subset*                  hosts by their labels
//	  affinity*                the host of a session
//	balancers
//	  balancers                the menu
//	  round_robin weighted_round_robin static_stride smooth_round_robin
//	  least_request least_conn least_outstanding peak_ewma prequal
//	  random weighted_random* first pick_first
//	  ring_hash* maglev source_hash nlb_flow_hash
//	what balancers share
//	  edf rotation slow_start  turns by weight
//	  consistent tables bounded_load hash*
//	  load_reports load_probes  what hosts say of their load
//	  span                     counts over the time that has just passed
//
// Tests tell stories with what is in rig_test.go, or hold conversations that are
// written down in testdata, one folder for each kind of speaker. call_fuzz* play calls
// against a naive driver in any order of events; what a new knob promises is added
// there.
package policy
