// Package sim runs a mesh in virtual time. It is one of the two drivers of
// policy.Call; the other is the live proxy.
//
// Start with journey.go: its methods stand in the order in which a request
// meets them. Around it:
//
//	model.go    what is simulated (Model), in the words of the scenario file
//	plan.go     the model compiled once: tables and indexes, shared by all runs
//	program.go  the steps of an endpoint as a small program
//	engine.go   the clock, the order of events, the fingerprint
//	queue.go    the events to come
//	run.go      the state of one run, and the loop
//	replica.go  places and waiting lines; cpu.go  processor sharing
//	proxy.go    the station that a proxy is; link.go  the way between two
//	source.go   where requests come from; trouble.go  faults
//	tally.go    what is counted
//
// A run is single-threaded and a function of (model, seed): the same bytes on
// every machine. All chance comes from streams named after their owner; what a
// request draws on its way depends on its own key alone, so that a changed
// policy moves no arrival and no service time.
package sim
