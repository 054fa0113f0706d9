package stats_test

import (
	"fmt"

	"github.com/meshdyno/meshdyno/stats"
)

// Three replications record their latencies; the figures pool them, and the
// intervals say what the replications can vouch for.
func Example() {
	var replications []*stats.Latency
	for run := range int64(3) {
		l := stats.NewLatency(3)
		for i := range int64(1000) {
			l.Record(1_000_000 + i*i + run*1000) // 1 ms to 2 ms
		}
		replications = append(replications, l)
	}

	pool := stats.NewLatency(3)
	for _, l := range replications {
		pool.Merge(l)
	}
	figures, ci := pool.Summary(), stats.LatencyCI(replications)

	fmt.Printf("mean %.3f ms, p50 %.2f ms, p99 %.2f ms\n", figures.Mean, figures.P50, figures.P99)
	fmt.Printf("p50 within [%.2f, %.2f] ms\n", ci.P50[0], ci.P50[1])
	for _, why := range ci.CannotTell {
		fmt.Println(why)
	}
	// Output:
	// mean 1.334 ms, p50 1.25 ms, p99 1.98 ms
	// p50 within [1.21, 1.29] ms
	// p99.9: n too small: 3000 requests in 3 runs are worth 3000 independent ones, needs 18495 (runs about 7 times as long, or more of them)
}

// A queue is 2 long for three seconds of warm-up, then 4 for one second of
// measurement and 0 for another.
func ExampleTimeWeighted() {
	var queue stats.TimeWeighted
	queue.Set(0, 2)
	queue.Cut(3e9)
	queue.Set(3e9, 4)
	queue.Add(4e9, -4)
	fmt.Println("mean", queue.Mean(5e9))
	// Output: mean 2
}
