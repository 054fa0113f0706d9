package main

import (
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/meshdyno/meshdyno/bench/chain"
)

// chainRow is what the rounds of one contestant found.
type chainRow struct {
	contestant
	rates     []float64 // requests a second, by round
	perEvent  []float64 // ns, by round
	answers   int       // of all rounds together
	mean, p99 float64   // ms, over all rounds
}

// chainTable runs all that can be built, by turns, and prints what they did.
func chainTable(out io.Writer, w *workshop, rounds int, scale float64) error {
	rows := w.assemble(out)
	for round := 1; round <= rounds; round++ {
		for _, r := range rows {
			fmt.Fprintf(w.log, "chain, round %d of %d: %s\n", round, rounds, r.name)
			found, err := r.run(w, max(1000, int(float64(r.requests)*scale)), round)
			if err != nil {
				return err
			}
			r.add(found)
		}
	}
	printChain(out, rows, rounds)
	printChainTargets(out, rows)
	return nil
}

// assemble builds the tools and returns the rows of their contestants. It says
// which tools are missing, and how to get them.
func (w *workshop) assemble(out io.Writer) (rows []*chainRow) {
	for _, t := range tools(w) {
		if err := w.build(t.build...); err != nil {
			fmt.Fprintf(out, "%s is missing; to have it: %s (%v)\n", t.name, t.needs, err)
			continue
		}
		for _, c := range t.contestants {
			rows = append(rows, &chainRow{contestant: c})
		}
	}
	return rows
}

func (r *chainRow) add(found chain.Result) {
	r.rates = append(r.rates, float64(found.Requests)/found.Seconds)
	r.perEvent = append(r.perEvent, found.Seconds/float64(found.Events)*1e9)
	r.answers += found.Requests
	share := float64(found.Requests) / float64(r.answers)
	r.mean += (found.MeanMs - r.mean) * share
	r.p99 += (found.P99Ms - r.p99) * share
}

// agrees holds the latencies to those of the chain, within four standard
// errors: from seed to seed, those of a million requests differ by 0.4 % in the
// mean and 0.8 % in the 99th percentile.
func (r *chainRow) agrees() bool {
	few := math.Sqrt(1e6 / float64(r.answers))
	return math.Abs(r.mean/chain.MeanMs-1) < 4*0.004*few && math.Abs(r.p99/chain.P99Ms-1) < 4*0.008*few
}

func printChain(out io.Writer, rows []*chainRow, rounds int) {
	fmt.Fprintf(out, "\nThe mesh chain: %d events a request, CPU time, medians of %d\n\n", chain.Events, rounds)
	fmt.Fprintf(out, "  %-20s %12s %9s %7s %8s %8s\n", "", "requests/s", "ns/event", "x C", "mean ms", "p99 ms")
	c := find(rows, bareC)
	for _, r := range rows {
		times := "-"
		if c != nil {
			times = fmt.Sprintf("%.2f", medianRatio(c.rates, r.rates))
		}
		verdict := "agrees"
		if !r.agrees() {
			verdict = "DIFFERS: not the same model"
		}
		fmt.Fprintf(out, "  %-20s %12s %9.1f %7s %8.2f %8.2f  %s\n", r.name,
			thousands(median(r.rates)), median(r.perEvent), times, r.mean, r.p99, verdict)
	}
}

// printChainTargets holds our speed to what it must reach.
func printChainTargets(out io.Writer, rows []*chainRow) {
	us := find(rows, ours)
	if us == nil {
		return
	}
	fmt.Fprintln(out)
	for _, t := range []struct {
		name  string
		least float64
	}{{simPy, 25}, {s4u, 18}, {ns3, 1.7}} {
		if peer := best(rows, t.name); peer != nil {
			faster := medianRatio(us.rates, peer.rates)
			target(out, fmt.Sprintf("times as fast as %s", peer.name), faster, "at least", t.least, faster >= t.least)
		}
	}
	if c := find(rows, bareC); c != nil {
		slower := medianRatio(c.rates, us.rates)
		target(out, "times the time of bare C", slower, "at most", 2.5, slower <= 2.5)
	}
}

func find(rows []*chainRow, name string) *chainRow {
	for _, r := range rows {
		if r.name == name {
			return r
		}
	}
	return nil
}

// best is the fastest contestant of a tool.
func best(rows []*chainRow, tool string) (fastest *chainRow) {
	for _, r := range rows {
		if strings.HasPrefix(r.name, tool) && (fastest == nil || median(r.rates) > median(fastest.rates)) {
			fastest = r
		}
	}
	return fastest
}
