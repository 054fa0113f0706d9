package policy_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/internal/strict"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

// TestPenalties draws many: each is the doubled one and up to jitter_ratio of it on
// top, evenly, and none is above the longest.
func TestPenalties(t *testing.T) {
	for _, c := range []struct {
		jitter      float64
		least, most []time.Duration // the first, the second, ... penalty
	}{
		{0.5, ms(1000, 2000, 4000, 8000, 10_000), ms(1500, 3000, 6000, 10_000, 10_000)},
		{0, ms(1000, 2000, 4000, 8000, 10_000), ms(1000, 2000, 4000, 8000, 10_000)},
		{100, ms(1000, 2000), ms(10_000, 10_000)},
	} {
		s := rule(t, fmt.Sprintf("breaker: {kind: accrual, max_failures: 1, max_penalty: 10s, jitter_ratio: %v}", c.jitter)).Breaker.Settings
		longest, d := make([]time.Duration, len(c.most)), dice(1)
		for range 300 {
			b, now := s.New(), mesh.Time(0)
			for i, most := range c.most {
				b.Ended(now, b.Began(now), policy.Bad, &d)
				penalty := b.ChangesAt().Sub(now)
				if penalty < c.least[i] || penalty > most {
					t.Fatalf("jitter %v: penalty %d is %v", c.jitter, i+1, penalty)
				}
				longest[i], now = max(longest[i], penalty), b.ChangesAt()
			}
		}
		for i, most := range c.most {
			if longest[i] < most-most/50 {
				t.Errorf("jitter %v: the longest of 300 penalties %d is %v, far below %v", c.jitter, i+1, longest[i], most)
			}
		}
	}
}

// TestBreakersAreReadStrictly: what makes no sense is refused, in each kind.
func TestBreakersAreReadStrictly(t *testing.T) {
	for _, text := range []string{
		"{kind: accrual, min_penalty: 2m}", "{kind: accrual, min_penalty: 0s, max_penalty: 0s}", "{kind: accrual, jitter_ratio: -1}", "{kind: accrual, scope: zone}",
		"{kind: hystrix, snapshot_interval: 1us}", "{kind: hystrix, snapshot_interval: 20s}", "{kind: hystrix, rolling_window: 100h}",
		"{kind: resilience4j, sliding_window_size: 0}", "{kind: consecutive, max_requests: 0}", "{kind: fuse}",
	} {
		var r policy.Rule
		if _, err := strict.Decode("policy.yaml", []byte("breaker: "+text), &r); err == nil {
			t.Errorf("%s is accepted", text)
		}
	}
}
