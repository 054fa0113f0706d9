package policy

import (
	"time"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/unit"
)

// PeakEWMA asks the one of two hosts whose answers are expected sooner: its
// round trip time, an average that leaps up to every longer one and decays with
// time, times the requests that it would then have. Linkerd's balancer: a pair
// of distinct hosts (linkerd/pool/p2c), the load of tower's PeakEwma, or with a
// failure penalty that of its PenaltyPeakEwma (linkerd/load-biaser).
//
// The two differ in more than the penalty. Tower compares a new time with the
// estimate as it stood when it was last read, and each read is an observation
// of nothing, so that under load the estimate decays towards 0 and leaps up
// again; the other reads without a trace, and decays towards what it observes.
type PeakEWMA struct {
	DefaultRTT     unit.Duration `yaml:"default_rtt" min:"1ns" doc:"round trip time of a host that has not answered yet"`
	Decay          unit.Duration `yaml:"decay" min:"1ms" doc:"time in which an estimate falls to 1/e of itself"`
	FailurePenalty unit.Duration `yaml:"failure_penalty" doc:"round trip time that a 5xx answer counts as, at least; Linkerd's PenaltyPeakEwma has 5 s; 0 or left out: failures count as long as they took"`
}

// defaultPeakEWMA has Linkerd's settings.
func defaultPeakEWMA() *PeakEWMA {
	return &PeakEWMA{DefaultRTT: 30 * unit.Millisecond, Decay: 10 * unit.Second}
}

// New makes the state for one upstream.
func (p *PeakEWMA) New() Balancer {
	return &peakEWMA{fresh: float64(p.DefaultRTT), decay: float64(p.Decay), penalty: float64(p.FailurePenalty)}
}

type peakEWMA struct {
	fresh, decay, penalty float64 // nanoseconds
	hosts                 []estimate
}

// estimate is a host's round trip time.
type estimate struct {
	rtt float64 // nanoseconds, as of at
	at  mesh.Time
}

func (p *peakEWMA) Pick(now mesh.Time, set *Set, _ *Ask, dice *chance.Stream) int {
	for len(p.hosts) < len(set.Hosts) {
		p.hosts = append(p.hosts, estimate{p.fresh, now})
	}
	n := len(set.Eligible)
	if n == 1 {
		return int(set.Eligible[0])
	}
	one, other := dice.IntN(n), dice.IntN(n-1)
	if other >= one {
		other++
	}
	a, b := int(set.Eligible[one]), int(set.Eligible[other])
	if p.load(now, set, a) <= p.load(now, set, b) {
		return a
	}
	return b
}

// load is what one more request at a host is expected to cost.
func (p *peakEWMA) load(now mesh.Time, set *Set, host int) float64 {
	e := &p.hosts[host]
	if set.Endpoints != nil && set.Endpoints[host].Joined > e.at {
		*e = estimate{p.fresh, now}
	}
	rtt := float64(e.rtt * p.kept(now, e))
	if p.penalty == 0 {
		*e = estimate{rtt, now}
	}
	return float64(rtt * float64(set.Hosts[host].Active+1))
}

// kept is the share of an estimate that is left now.
func (p *peakEWMA) kept(now mesh.Time, e *estimate) float64 {
	if now <= e.at {
		return 1
	}
	return chance.Exp(-float64(now.Sub(e.at)) / p.decay)
}

// Done observes how long an attempt took. One that was given up took as long as
// it had until then.
func (p *peakEWMA) Done(now mesh.Time, host int, latency time.Duration, o mesh.Outcome) {
	if host >= len(p.hosts) {
		return
	}
	e := &p.hosts[host]
	kept, peak, rtt := p.kept(now, e), e.rtt, float64(latency)
	if p.penalty > 0 {
		peak = float64(e.rtt * kept)
		if answeredBadly(o) {
			rtt = max(p.penalty, peak)
		}
	}
	if peak < rtt {
		e.rtt = rtt
	} else {
		e.rtt = float64(e.rtt*kept) + float64(rtt*(1-kept))
	}
	e.at = max(e.at, now)
}

// answeredBadly says that the host itself answered with a 5xx, rather than not
// at all.
func answeredBadly(o mesh.Outcome) bool {
	return o == mesh.Error || o == mesh.Dependency || o == mesh.Refused || o == mesh.Expired
}
