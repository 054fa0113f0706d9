// Package chain is the mesh chain as a bare Go loop: what a program that can do
// nothing else needs for it.
//
//	clients -> [proxy] -> link -> [proxy] frontend (8 workers)
//	                                |-> ... backend (8) -> ... db (4)
//
// Requests come at 400/s, Poisson. Each of the three hops leads through the
// proxy of the caller, a link of 250 us and the proxy of the callee, and the
// same way back; a proxy has two threads that take 50 us for each message, a
// service a number of workers and a line before them, and a worker is held
// while the call to the next service is out. Work takes exponential times, with
// means of 2 ms, 1.5 ms and 7 ms: db is busy for 70 % of the time, and frontend,
// whose workers wait for the others, for 66 %.
//
// The same model stands in ../peers for other tools, and in mesh-chain.yaml for
// meshdyno. The figures must be the same in all of them.
package chain
