// Command bench prints the speed table: how fast meshdyno is beside bare loops
// and other simulators that do the same work, in one run on one machine.
//
//	go run ./bench
//
// Two kinds of work are measured, and what memory a large mesh takes. The mesh chain is a small service mesh under
// load, which package chain describes; the hold model is an event queue and
// nothing else, see package hold. Peers are built from the sources in peers/
// with what the machine has, and those that it lacks are named with the way to
// install them. All figures are CPU time, medians of runs that take turns, so
// that a slow moment of the machine hits all alike.
package main
