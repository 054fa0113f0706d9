package loadgen

import (
	"math"
	"math/big"
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/unit"
)

// expected integrates a profile's rate from 0 to t, in exact fractions.
func expected(p Profile, t mesh.Time) float64 {
	sum, start := new(big.Rat), int64(0)
	for i, phase := range p {
		length := int64(phase.For)
		if i == len(p)-1 && length == 0 {
			length = math.MaxInt64 - start
		}
		in := min(int64(t)-start, length)
		if in <= 0 {
			break
		}
		from := new(big.Rat).SetFloat64(float64(phase.Rate.From))
		rise := new(big.Rat).SetFloat64(float64(phase.Rate.To - phase.Rate.From))
		mean := rise.Mul(rise, big.NewRat(in, length)).Quo(rise, big.NewRat(2, 1))
		mean.Add(mean, from)
		sum.Add(sum, mean.Mul(mean, big.NewRat(in, int64(time.Second))))
		start += length
	}
	f, _ := sum.Float64()
	return f
}

// The k-th arrival of a constant pacer is where the integral of the rate reaches
// k: half a nanosecond earlier it has not, half a nanosecond later it has.
func TestConstantArrivalsAreWhereTheIntegralReachesWholeNumbers(t *testing.T) {
	pacer := newCursor(wave)
	var now mesh.Time
	for k := 1; k <= 40_000; k++ {
		before := now
		now = pacer.advance(1)
		low, high := expected(wave, now-1), expected(wave, now+1)
		if float64(k) < low-1e-9 || float64(k) > high+1e-9 || now < before {
			t.Fatalf("arrival %d at %v: the integral goes from %v to %v there", k, now, low, high)
		}
	}
	if now < mesh.Time(90*time.Second) {
		t.Errorf("the last arrival is at %v; this should have gone well past the last phase", now)
	}
}

func TestSilenceIsSkippedAndItsEdgesBelongToTheRate(t *testing.T) {
	p := Profile{phase(time.Second, 2, 2), phase(time.Hour, 0, 0), phase(time.Second, 2, 2), phase(time.Second, 0, 0)}
	pacer := (&Constant{}).New(p, stream("arrivals"))
	want := []mesh.Time{5e8, 1e9, 3601*1e9 + 5e8, 3602 * 1e9, mesh.Never, mesh.Never}
	for i, w := range want {
		if got := pacer.Next(); got != w {
			t.Errorf("arrival %d at %v, want %v", i+1, got, w)
		}
	}
}

func TestAThousandASecondStaysOnTheMillisecond(t *testing.T) {
	pacer := newCursor(at(1000))
	for k := mesh.Time(1); k <= 3_600_000; k++ {
		if now := pacer.advance(1); now != k*1e6 {
			t.Fatalf("arrival %d at %d ns", k, now)
		}
	}
}

// A third of an arrival a second has no exact float: the billionth arrival must
// still be where it belongs. Steps of a thousand stand for single ones.
func TestABillionArrivalsDoNotDrift(t *testing.T) {
	for _, rate := range []unit.Rate{1.0 / 3, 1, 7, 300, 1000, 12345.678, 999_999.9, 1e9} {
		pacer := newCursor(at(rate))
		var now mesh.Time
		for range 1_000_000 {
			now = pacer.advance(1000)
		}
		each := new(big.Rat).Quo(big.NewRat(1e9*1e9, 1), new(big.Rat).SetFloat64(float64(rate)))
		want, _ := each.Float64()
		if off := math.Abs(float64(now) - want); off > 0.5+want*0x1p-52 {
			t.Errorf("at %v the billionth arrival is at %d, %v ns off", rate, now, off)
		}
	}
}

// A ramp between nearly equal rates would lose all its digits in the textbook
// form of the quadratic's root.
func TestNearlyLevelRampsKeepTheirDigits(t *testing.T) {
	for _, to := range []unit.Rate{1000, unit.Rate(math.Nextafter(1000, 2000)), 1000 + 1e-9, 1000 - 1e-9, 1000.001} {
		p := Profile{phase(time.Hour, 1000, to)}
		pacer := newCursor(p)
		for k := 1; k <= 3_599_999; k += 599_999 {
			now := pacer.advance(1)
			if k > 1 {
				now = pacer.advance(599_998)
			}
			if got := expected(p, now); math.Abs(got-float64(k)) > 1e-6 {
				t.Errorf("ramp to %v: at %v, where arrival %d is, the integral is %v", to, now, k, got)
			}
		}
	}
}

func TestRatesOfNothingNeverArrive(t *testing.T) {
	for name, p := range map[string]Profile{
		"no phases":      nil,
		"zero":           at(0),
		"one in an aeon": at(1e-12),
		"falls to zero":  {phase(time.Second, 1, 0)},
	} {
		pacer := newCursor(p)
		for range 3 {
			if now := pacer.advance(1); now != mesh.Never {
				t.Errorf("%s: arrival at %v", name, now)
			}
		}
	}
}

// unitsTo is the integral between two moments, moveTo goes there.
func TestMovingAndMeasuringAgreeWithTheIntegral(t *testing.T) {
	c := newCursor(wave)
	from := mesh.Time(0)
	for step := mesh.Time(1); from < mesh.Time(100*time.Second); step = step*3/2 + 1 {
		to := from + step
		want := expected(wave, to) - expected(wave, from)
		if got := c.unitsTo(to); math.Abs(got-want) > 1e-9*(1+expected(wave, to)) {
			t.Fatalf("from %v to %v: %v arrivals expected, the integral is %v", from, to, got, want)
		}
		c.moveTo(to)
		from = to
	}
}
