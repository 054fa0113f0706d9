package main

import (
	"fmt"
	"io"
	"runtime"
	"strconv"

	"github.com/meshdyno/meshdyno/bench/hold"
)

// holdRow is what the rounds of one loop found: ns an event by populations and
// rounds.
type holdRow struct {
	name string
	run  func(waiting, events int) (seconds float64, err error)
	ns   [][]float64
}

var populations = []int{100, 10_000, 1_000_000}

// holdTable runs the hold model, by turns, and prints what an event costs.
func holdTable(out io.Writer, w *workshop, rounds int, scale float64) error {
	rows := holdRows(out, w)
	events := max(10_000, int(3e6*scale))
	for round := range rounds {
		for i, waiting := range populations {
			fmt.Fprintf(w.log, "hold, round %d of %d: %d waiting\n", round+1, rounds, waiting)
			for _, r := range rows {
				seconds, err := r.run(waiting, events)
				if err != nil {
					return err
				}
				r.ns[i] = append(r.ns[i], seconds/float64(events)*1e9)
			}
		}
	}
	printHold(out, rows, rounds)
	return nil
}

func holdRows(out io.Writer, w *workshop) (rows []*holdRow) {
	add := func(name string, run func(int, int) (float64, error)) {
		rows = append(rows, &holdRow{name, run, make([][]float64, len(populations))})
	}
	for _, l := range hold.Loops {
		add(l.Name, func(waiting, events int) (float64, error) {
			loop := l.New(waiting, hold.NewWaits(1))
			loop.Hold(3 * waiting) // into the steady state
			runtime.GC()           // of the loop before
			start := cpuSeconds()
			loop.Hold(events)
			return cpuSeconds() - start, nil
		})
	}
	if err := w.build("gcc", "-O3", "-o", "hold", "hold.c", "-lm"); err != nil {
		fmt.Fprintf(out, "bare C is missing; to have it: apt-get install gcc libc6-dev (%v)\n", err)
		return rows
	}
	for _, kind := range []string{"heap", "ladder"} {
		add("bare C "+kind, func(waiting, events int) (float64, error) {
			var answer struct{ Seconds float64 }
			_, err := w.ask(&answer, nil, "./hold", kind, strconv.Itoa(waiting), strconv.Itoa(events))
			return answer.Seconds, err
		})
	}
	return rows
}

func printHold(out io.Writer, rows []*holdRow, rounds int) {
	fmt.Fprintf(out, "\nThe hold model: ns an event, CPU time, medians of %d\n\n  %-20s", rounds, "waiting")
	for _, n := range populations {
		fmt.Fprintf(out, " %10s", thousands(float64(n)))
	}
	fmt.Fprintln(out)
	for _, r := range rows {
		fmt.Fprintf(out, "  %-20s", r.name)
		for i := range populations {
			fmt.Fprintf(out, " %10.1f", median(r.ns[i]))
		}
		fmt.Fprintln(out)
	}
	printHoldTargets(out, rows)
}

// printHoldTargets holds the engine to the better of the bare Go loops, and to
// itself.
func printHoldTargets(out io.Writer, rows []*holdRow) {
	heap, ladder, engine := rows[0], rows[1], rows[2]
	fmt.Fprintln(out)
	for i, n := range populations {
		bare := ladder.ns[i]
		if median(heap.ns[i]) < median(bare) {
			bare = heap.ns[i]
		}
		times := medianRatio(engine.ns[i], bare)
		target(out, "times bare Go, "+thousands(float64(n))+" waiting", times, "at most", 1.5, times <= 1.5)
	}
	last := len(populations) - 1
	growth := medianRatio(engine.ns[last], engine.ns[0])
	target(out, "times from 100 to 1,000,000 waiting", growth, "less than", 2, growth < 2)
}
