// Command samebytes runs scenarios in every way that must not matter and compares what
// comes out, byte by byte, without the host object:
//
//	GOMAXPROCS      1, 2, 8
//	GOAMD64         v1, v3 (where this processor has it)
//	race detector   with and without
//	processor       amd64, arm64 (under qemu's user emulation where it is foreign)
//
// A way that this machine cannot go is skipped, and said. Floating point that
// is fused on one processor, a map walked in its own order, a race between
// replications: all of them end here, with the first line that differs.
//
//	go run ./internal/samebytes retry-storm [SCENARIO...]
package main
