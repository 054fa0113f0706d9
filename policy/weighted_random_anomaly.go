package policy

import (
	"time"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
)

// mitigating is weighted random with anomaly mitigation. What AWS documents:
// detection runs while a target group has three healthy targets or more; it
// looks at HTTP codes and connection errors; a target is anomalous that has a
// disproportionate share of errors beside the others; traffic is then shifted
// away from it, and comes back when it is so no more.
//
// How much, and when, is not documented. In this model hosts are compared at
// every detection_interval. One is anomalous whose share of errors is more than
// twice that of the others together, and ten points above it; its weight is
// halved each time, down to 1/64, so that it still is asked and can show that
// it is well. Otherwise its weight is doubled, up to its own.
type mitigating struct {
	weightedRandom
	interval time.Duration
	due      mesh.Time // hosts are next compared
	heard    []cell    // by host, since they last were
	eligible int
}

const (
	fullWeight   = 6 // a weight is counted in 1/64, the least that a host can have
	leastHealthy = 3 // hosts, below which nothing is detected
)

func (m *mitigating) Pick(now mesh.Time, set *Set, ask *Ask, dice *chance.Stream) int {
	for len(m.heard) < len(set.Hosts) {
		m.heard, m.eased = append(m.heard, cell{}), append(m.eased, 0)
	}
	if m.version == 0 {
		m.due = now.Add(m.interval)
	}
	if m.eligible = len(set.Eligible); now >= m.due {
		m.compare(now)
	}
	return m.weightedRandom.Pick(now, set, ask, dice)
}

// Done counts an answer, and whether the host failed. What was given up says
// nothing.
func (m *mitigating) Done(_ mesh.Time, host int, _ time.Duration, o mesh.Outcome) {
	if host >= len(m.heard) || o == mesh.Unfinished || o == mesh.Timeout {
		return
	}
	h := &m.heard[host]
	if h.all++; answeredBadly(o) || broken(o) {
		h.marked++
	}
}

// compare halves and doubles weights.
func (m *mitigating) compare(now mesh.Time) {
	var sum cell
	for _, h := range m.heard {
		sum.all, sum.marked = sum.all+h.all, sum.marked+h.marked
	}
	for i, h := range m.heard {
		switch rest := (cell{sum.all - h.all, sum.marked - h.marked}); {
		case m.eligible >= leastHealthy && anomalous(h, rest):
			m.eased[i] = min(m.eased[i]+1, fullWeight)
		case m.eased[i] > 0:
			m.eased[i]--
		}
	}
	clear(m.heard)
	m.version = 0 // the sums are made anew
	m.due = now.Add(m.interval)
}

func anomalous(h, rest cell) bool {
	if h.all == 0 || rest.all == 0 {
		return false
	}
	own, others := float64(h.marked)/float64(h.all), float64(rest.marked)/float64(rest.all)
	return own > 2*others && own >= others+0.1
}
