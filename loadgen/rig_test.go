package loadgen

import (
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/unit"
)

func stream(owner string) chance.Stream { return chance.New(1, 0, owner, "arrivals") }

func phase(length time.Duration, from, to unit.Rate) Phase {
	return Phase{For: unit.Duration(length), Rate: unit.RateSpan{From: from, To: to}}
}

func at(rate unit.Rate) Profile { return Profile{phase(0, rate, rate)} }

// wave has everything a profile can have: level, silence, up, down, a step.
var wave = Profile{
	phase(30*time.Second, 400, 400),
	phase(10*time.Second, 400, 1200),
	phase(5*time.Second, 0, 0),
	phase(20*time.Second, 1200, 0),
	phase(7*time.Second, 0, 70),
	phase(time.Second, 3, 3),
	phase(0, 250, 250),
}

func gaps(t testing.TB, text string) chance.Duration {
	t.Helper()
	d, err := chance.ParseDuration(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// ready is the settings of a kind as a user would write them, at 1000/s where
// the kind has a rate of its own.
func ready(t testing.TB, kind string) PacerSettings {
	t.Helper()
	switch s := Pacers.Must(kind).(type) {
	case *Renewal:
		s.Gaps = gaps(t, "gamma(1s, cv=2)")
		return s
	case *Trace:
		s.File = "moments"
		if err := s.SetFile(func(string) ([]byte, error) { return everyMillisecond(20_000), nil }); err != nil {
			t.Fatal(err)
		}
		return s
	case *VegetaConstant:
		s.Rate = 1000
		return s
	case *VegetaSine:
		s.Mean, s.Amp, s.Period = 1000, 500, 5*unit.Second
		return s
	case *VegetaLinear:
		s.StartAt, s.Slope = 500, 50 // on average 1000/s over 20 s
		return s
	default:
		return s
	}
}

func everyMillisecond(n int) []byte {
	var text []byte
	for i := range n {
		text = append(text, (unit.Duration(i+1) * unit.Millisecond).String()...)
		text = append(text, '\n')
	}
	return text
}

// until counts the arrivals up to end.
func until(p Pacer, end mesh.Time) (n int) {
	for p.Next() <= end {
		n++
	}
	return n
}
