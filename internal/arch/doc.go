// Package arch is the walls of the house, as a test: which room may import
// which, what pure rooms may not do, and how every room is kept tidy.
//
// The tables are the thing to read and to change:
//
//	rooms.go      the floors, and what each room is held to
//	forbidden.go  names and packages that pure rooms do without, and what to use instead
//	tidy.go       sizes, words, package comments
//
// A violation is a place, what stands there, and what to use instead:
//
//	policy/retry.go:41: time.Now in pure room policy: use the now argument
//
// Under testdata stands a house that breaks every rule, each line with the
// message it must get.
package arch
