package policy

import (
	"math"
	"time"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/unit"
)

// BackOff is the pause between tries: before try n+1, with b for base_interval
// and m for max_interval, what BackOffs says of its kind.
// Sources: backoff_strategy.cc (the documents promise other ranges); gRPC A6 and
// grpc-go stream.go; aws-arch-backoff-simulator, whose first n is 1.
type BackOff struct {
	Kind         string        `yaml:"kind" enum:"envoy,grpc,aws_full,aws_equal,aws_decorrelated,exponential" doc:"whose jitter"`
	BaseInterval unit.Duration `yaml:"base_interval" doc:"what the pauses grow from; 0s is no pause"`
	MaxInterval  unit.Duration `yaml:"max_interval" doc:"what they grow up to; ten times base_interval when left out"`
	Multiplier   float64       `yaml:"multiplier" min:"1" max:"100" doc:"grpc: how a pause grows from one try to the next"`
}

// BackOffs says what each kind draws from, for readers.
var BackOffs = []struct{ Name, About string }{
	{"envoy", "a whole number of milliseconds in [0, min(b * 2^(n-1), m))"},
	{"grpc", "min(b * multiplier^(n-1), m) * U(0.8, 1.2)"},
	{"aws_full", "U(0, v), where v is min(b * 2^n, m)"},
	{"aws_equal", "v/2 + U(0, v/2)"},
	{"aws_decorrelated", "min(m, U(b, 3 * the pause before)), the first of U(b, 3b)"},
	{"exponential", "min(b * 2^(n-1), m), without chance"},
}

// SetDefaults gives Envoy's: 25 ms, and ten times the base.
func (b *BackOff) SetDefaults() {
	b.Kind, b.BaseInterval, b.Multiplier = "envoy", 25*unit.Millisecond, 2
}

// limits are the base and the greatest interval, which is not below it.
func (b *BackOff) limits() (base, most time.Duration) {
	base, most = b.BaseInterval.Std(), b.MaxInterval.Std()
	if most == 0 {
		most = 10 * min(base, math.MaxInt64/10)
	}
	return base, max(base, most)
}

// pause draws the back-off before retry n (1, 2, ...); before is the pause
// before that.
func (b *BackOff) pause(n int, before time.Duration, dice *chance.Stream) time.Duration {
	base, most := b.limits()
	if base <= 0 || most <= 0 {
		return 0
	}
	switch b.Kind {
	case "grpc":
		return scaledPause(base, most, b.Multiplier, n, dice)
	case "aws_full":
		return upTo(doubled(base, most, n), dice)
	case "aws_equal":
		v := doubled(base, most, n)
		return v/2 + upTo(v-v/2, dice)
	case "aws_decorrelated":
		before = max(before, base)
		return min(most, base+upTo(min(before, math.MaxInt64/4)*3-base, dice))
	case "exponential":
		return doubled(base, most, n-1)
	}
	return time.Duration(dice.IntN(envoySpan(base, most, n))) * time.Millisecond
}

// envoySpan is JitteredExponentialBackOffStrategy: of how many milliseconds one
// is drawn. It counts in whole ones: an interval below one is one.
func envoySpan(base, most time.Duration, n int) int {
	ms, limit := max(base/time.Millisecond, 1), max(most/time.Millisecond, 1)
	for ; n > 1 && ms < limit; n-- {
		if ms < limit/2 {
			ms *= 2
		} else {
			ms = limit
		}
	}
	return int(ms)
}

// scaledPause is gRPC's: jitter by a fifth either way, after the cap.
func scaledPause(base, most time.Duration, multiplier float64, n int, dice *chance.Stream) time.Duration {
	pause := float64(base)
	for ; n > 1 && pause < float64(most); n-- {
		pause = float64(pause * multiplier)
		if multiplier <= 1 {
			break
		}
	}
	pause = float64(min(pause, float64(most)) * (0.8 + float64(0.4*dice.Float64())))
	return time.Duration(min(pause, math.MaxInt64/2))
}

// doubled is min(base * 2^times, most).
func doubled(base, most time.Duration, times int) time.Duration {
	for ; times > 0 && base < most; times-- {
		base += min(base, most-base)
	}
	return min(base, most)
}

// upTo draws from [0, span].
func upTo(span time.Duration, dice *chance.Stream) time.Duration {
	if span <= 0 {
		return 0
	}
	return time.Duration(dice.IntN(int(min(span, math.MaxInt64-1)) + 1))
}
