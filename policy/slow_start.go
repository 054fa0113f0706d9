package policy

import (
	"time"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/unit"
)

// SlowStart gives a host that has just joined less than its share, and more as
// time passes: its weight is multiplied by
//
//	max((age / slow_start_window) ^ (1 / aggression), min_weight_percent)
//
// Envoy's applySlowStartFactor (load_balancer_impl.cc), in whole milliseconds
// and with an age of at least one; its documentation says seconds.
type SlowStart struct {
	SlowStartWindow  unit.Duration `yaml:"slow_start_window" required:"true" min:"1ms" doc:"how long a host that joined takes to come to its full share"`
	Aggression       float64       `yaml:"aggression" min:"0.1" max:"1000" doc:"1 rises in a straight line, more rises faster at first, less slower"`
	MinWeightPercent unit.Ratio    `yaml:"min_weight_percent" max:"1" doc:"share of its weight that a host has at least"`
}

// SetDefaults gives Envoy's.
func (s *SlowStart) SetDefaults() { s.Aggression, s.MinWeightPercent = 1, 0.1 }

// age is for how many milliseconds a host has been there, or in after its health
// checks let it in (lastHcPassTime).
func age(now mesh.Time, set *Set, host int) int64 {
	if set.passed != nil {
		return max(now.Sub(set.passed[host]).Milliseconds(), 0)
	}
	if set.Endpoints == nil {
		return max(now.Sub(0).Milliseconds(), 0)
	}
	return max(now.Sub(set.Endpoints[host].Joined).Milliseconds(), 0)
}

// window is the settings' in milliseconds; none without settings.
func (s *SlowStart) window() int64 {
	if s == nil {
		return 0
	}
	return int64(s.SlowStartWindow.Std() / time.Millisecond)
}

// factor is what a host's weight is multiplied by.
func (s *SlowStart) factor(now mesh.Time, set *Set, host int) float64 {
	if s == nil {
		return 1
	}
	ms, window := age(now, set, host), s.window()
	if ms >= window {
		return 1
	}
	f := float64(max(ms, 1)) / float64(window)
	if s.Aggression != 1 && f != 1 {
		f = chance.Pow(f, 1/s.Aggression)
	}
	return max(f, float64(s.MinWeightPercent))
}

// covers says whether any of the eligible hosts is in its window.
func (s *SlowStart) covers(now mesh.Time, set *Set) bool {
	if s == nil {
		return false
	}
	for _, host := range set.Eligible {
		if age(now, set, int(host)) <= s.window() {
			return true
		}
	}
	return false
}
