package stats

import (
	"fmt"
	"math"

	"github.com/meshdyno/meshdyno/result"
)

// MinSamples is how many independent samples it takes until the largest of them
// bounds the quantile q from above with confidence 97.5 %: 1 - q^n >= 0.975,
// that is 368 for p99 and 3,688 for p99.9.
func MinSamples(q float64) int {
	return least(func(n int) bool { return power(q, n) <= 1-twoSided })
}

func least(holds func(n int) bool) int {
	high := 1
	for !holds(high) {
		high *= 2
	}
	low := high / 2
	for low+1 < high {
		if mid := low + (high-low)/2; holds(mid) {
			high = mid
		} else {
			low = mid
		}
	}
	return high
}

func power(x float64, n int) float64 {
	p := 1.0
	for ; n > 0; n /= 2 {
		if n%2 == 1 {
			p = float64(p * x)
		}
		x = float64(x * x)
	}
	return p
}

// The quantiles of a result, in rising order.
var levels = []struct {
	name string
	q    float64
}{{"p50", 0.5}, {"p90", 0.9}, {"p95", 0.95}, {"p99", 0.99}, {"p99.9", 0.999}}

// sample is the replications of one latency beside their pool.
type sample struct {
	pool  *Latency
	all   *ecdf
	parts []*ecdf
}

func newSample(replications []*Latency) *sample {
	s := &sample{pool: NewLatency(replications[0].digits)}
	for _, r := range replications {
		s.pool.Merge(r)
		s.parts = append(s.parts, r.ecdf())
	}
	s.all = s.pool.ecdf()
	return s
}

// worthAt is how many independent samples the replications are worth for the
// share at or below the quantile q. Where many samples are alike, the share
// just below them is looked at too.
func (s *sample) worthAt(q float64) float64 {
	at := s.all.at(rankOf(q, s.pool.n))
	n := s.worthBelow(s.all.low[at])
	if at > 0 {
		n = min(n, s.worthBelow(s.all.low[at-1]))
	}
	return n
}

func (s *sample) worthBelow(v int64) float64 {
	shares := make([]share, len(s.parts))
	for i, p := range s.parts {
		shares[i] = share{float64(p.below(v)), float64(p.total())}
	}
	_, n := worth(shares)
	return n
}

// LatencyCI gives the 95 % intervals, in milliseconds, of the mean and of
// the quantiles of a latency from independent replications; nil when there are
// no samples.
//
// The interval of a quantile inverts the share of samples at or below it
// (Woodruff 1952; for simulations Heidelberger and Lewis 1984, Chen and Kelton
// 2001). That share varies between replications, which tells how many
// independent samples they are worth, however alike neighbouring requests are;
// the least worth of the quantiles up to this one is taken, because high
// quantiles seldom show their own variance. With it, q plus and minus Student's t
// times sqrt(q(1-q)/worth) are read back from the merged histogram. Where q plus
// that would pass 1 (or MinSamples says so), the samples cannot bound the
// quantile, and the reason is given instead.
func LatencyCI(replications []*Latency) *result.LatencyCI {
	if len(replications) == 0 {
		return nil
	}
	s := newSample(replications)
	ci := &result.LatencyCI{}
	switch {
	case s.pool.n == 0:
		return nil
	case len(replications) < 2:
		ci.CannotTell = []string{"one replication shows no spread: use at least 10"}
		return ci
	}
	ci.Mean = meanOfRequests(replications, s.pool.Mean())
	fields := []**[2]float64{&ci.P50, &ci.P90, &ci.P95, &ci.P99, &ci.P999}
	n := math.Inf(1)
	for i, level := range levels {
		n = min(n, s.worthAt(level.q))
		bounds, why := s.quantile(level.q, n)
		*fields[i] = bounds
		if why != "" {
			ci.CannotTell = append(ci.CannotTell, level.name+": "+why)
		}
	}
	return ci
}

func (s *sample) quantile(q, worth float64) (*[2]float64, string) {
	t := studentHalf(len(s.parts))
	half := float64(t * math.Sqrt(q*(1-q)/worth))
	if need := needed(q, t); worth < need || q-half <= 0 || q+half >= 1 {
		return nil, tooSmall(s.pool.n, len(s.parts), worth, need)
	}
	low := s.all.at(rankOf(q-half, s.pool.n))
	high := s.all.at(rankOf(q+half, s.pool.n))
	return &[2]float64{milliseconds(max(s.all.low[low], s.pool.min)), milliseconds(min(s.all.high[high], s.pool.max))}, ""
}

// needed is the least worth for which q plus or minus its half-width stays
// within 0 and 1, and the largest sample is a bound at all.
func needed(q, t float64) float64 {
	far := max(q, 1-q)
	return max(float64(MinSamples(far)), math.Floor(t*t*far/(1-far))+1)
}

func tooSmall(samples uint64, runs int, worth, need float64) string {
	return fmt.Sprintf("n too small: %d requests in %d runs are worth %.0f independent ones, needs %.0f (runs about %.0f times as long, or more of them)",
		samples, runs, math.Floor(worth), need, math.Ceil(need/worth))
}

// meanOfRequests is the interval around the pooled mean.
func meanOfRequests(replications []*Latency, centre float64) *[2]float64 {
	shares := make([]share, len(replications))
	for i, r := range replications {
		shares[i] = share{float64(r.Mean() * float64(r.n)), float64(r.n)}
	}
	_, variance, _ := pooled(shares)
	half := float64(studentHalf(len(replications)) * math.Sqrt(variance))
	return &[2]float64{(centre - half) / 1e6, (centre + half) / 1e6}
}
