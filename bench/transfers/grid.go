package main

import (
	"time"

	"github.com/meshdyno/meshdyno/unit"
)

// transfer is one row: bytes over a link with that latency each way. The queue
// holds as many packets as are under way at once on a full link, at least 20.
type transfer struct {
	control string // a row of tcp.Controls
	bytes   int64
	rate    unit.BitRate
	latency time.Duration
	loss    float64 // share of packets lost on the way there
	seeds   int     // transfers to average over
}

// peers are the names that ns-3 has for our congestion controls.
var peers = map[string]string{"reno": "LinuxReno", "cubic": "Cubic"}

// grid is short and long transfers, without and with losses. The sizes stand
// clear of what whole flights carry (14,480 bytes times 1, 3, 7), where a segment
// more is half a round trip more.
func grid() (all []transfer) {
	for _, control := range []string{"reno", "cubic"} {
		for _, latency := range []time.Duration{5 * time.Millisecond, 25 * time.Millisecond, 100 * time.Millisecond} {
			for _, bytes := range []int64{10_000, 150_000, 1_000_000, 20_000_000} {
				all = append(all, transfer{control, bytes, 20 * unit.Mbps, latency, 0, 1})
			}
			if control == "reno" || latency > 5*time.Millisecond { // below, CUBIC has windows of a few segments, and rounding is all that differs
				all = append(all, transfer{control, 100_000_000, 100 * unit.Mbps, latency, 0.001, 14})
			}
			if control == "reno" || latency > 25*time.Millisecond {
				all = append(all, transfer{control, 10_000_000, 100 * unit.Mbps, latency, 0.01, 20})
			}
		}
	}
	return all
}

func (t transfer) queue() int {
	return max(20, int(float64(t.rate)*2*t.latency.Seconds()/8/1500))
}
