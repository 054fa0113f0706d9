package main

import (
	"context"
	"io"

	"github.com/meshdyno/meshdyno/result"
	"github.com/meshdyno/meshdyno/scenarios"
)

// world is all that the commands ask of the rooms below them, in one place, so
// that a transcript can stage what seldom happens: a fault inside, an interrupt
// at a known moment.
type world interface {
	// Open reads a scenario: a file, a name of the library, or - for stdin.
	Open(name string, set []string, stdin io.Reader) (scenario, error)
	// Library and Topologies list what is embedded.
	Library() []entry
	Topologies() []entry
	// Reference is everything that a scenario file may say.
	Reference() []scenarios.Part
	// Schema is the JSON Schema of a scenario file.
	Schema() ([]byte, error)
	// Import turns a foreign file into a scenario and notes what it left out.
	Import(format, name string, data []byte, traffic []string) (text []byte, notes []string, err error)
	// ImportCapture does so with a capture, which may be too large to hold.
	ImportCapture(name string, in io.Reader, truncated bool, traffic []string) (text []byte, notes []string, err error)
}

// scenario is one that was read and found good.
type scenario interface {
	// Summary is one line about its size.
	Summary() string
	// Warnings are what its author should hear before it runs.
	Warnings() []string
	// Source is a scenario file that gives this run again.
	Source() []byte
	// Run simulates it. When ctx is cancelled it returns what is finished,
	// nil when nothing is, and an error wrapping context.Canceled.
	Run(ctx context.Context, replications int, progress func(done, total float64)) (*result.Result, error)
}

// entry is a name of the library and the first sentence about it.
type entry struct{ name, about string }
