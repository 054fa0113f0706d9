package main

import (
	"fmt"
	"io"
	"os"

	"github.com/meshdyno/meshdyno/result"
)

// crowd is a service that answers nothing before the end: its replicas and the
// requests in flight are all that grows.
const crowd = `
scenario: crowd
duration: 10s
services:
  crowd: {replicas: %d, endpoints: {/: {steps: [{wait: 1000s}]}}}
mesh: {proxies: sidecar, hop: {workers: 2, request: 1us, response: 1us}}
traffic:
  clients: {to: crowd, rate: %d/s, sidecar: true}
`

// memoryTable compares the peak memory of our whole process, with all that the
// garbage collector leaves lying, between a small crowd and a large one.
func memoryTable(out io.Writer, w *workshop, _ int, _ float64) error {
	if err := w.build(oursBuild(w)...); err != nil {
		fmt.Fprintf(out, "%s is missing; to have it: %s (%v)\n", ours, oursNeeds, err)
		return nil
	}
	const large = 100_000
	small, known, err := peakOf(w, 1, 10)
	if err != nil || !known {
		return err
	}
	replicas, _, err := peakOf(w, 1+large, 10)
	if err != nil {
		return err
	}
	requests, _, err := peakOf(w, 1, 10+large)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "\nMemory: the peak of the whole process, %s replicas, %s requests in flight\n\n",
		thousands(1+large), thousands(10*(large+10)))
	perReplica, perRequest := (replicas-small)/large, (requests-small)/(10*large)
	target(out, "bytes a replica", perReplica, "less than", 1024, perReplica < 1024)
	target(out, "bytes a request in flight", perRequest, "less than", 512, perRequest < 512)
	return nil
}

// peakOf runs a crowd and returns the memory it took, where that is known.
func peakOf(w *workshop, replicas, rate int) (bytes float64, known bool, err error) {
	fmt.Fprintf(w.log, "memory: %d replicas, %d requests a second\n", replicas, rate)
	text := fmt.Sprintf(crowd, replicas, rate)
	if err := os.WriteFile(w.path("crowd.yaml"), []byte(text), 0o600); err != nil {
		return 0, false, err
	}
	var r result.Result
	used, err := w.ask(&r, nil, "./meshdyno", "run", "crowd.yaml", "--quiet", "--json", "-")
	if err != nil {
		return 0, false, err
	}
	bytes, known = peakBytes(used)
	return bytes, known, nil
}
