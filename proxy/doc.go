// Package proxy is the live driver of the policy: a userspace proxy whose every
// decision is made by a [policy.Call]. It owns what the policy may not know:
// sockets, goroutines and the real clock. Its twin in virtual time is package
// sim, and tests there hold the two to the same decisions to the nanosecond.
//
// The tour is short:
//
//	proxy.go    what is shared by all calls of one worker, behind one lock
//	call.go     the loop: wait for an answer, the alarm or the caller; tell the policy; act
//	attempt.go  one attempt: a request on a connection, an answer
//	conn.go     HTTP/1.1 on one connection
//	pool.go     the sockets behind the connections of the policy
//	reading.go  what the policy reads of a request
//	clock.go    real time as the policy counts it
//
// It speaks HTTP/1.1 to one upstream, and holds an answer until it is whole, so
// that an attempt ends where the policy's attempts end. A request's body is held
// too: it may have to be sent again.
package proxy
