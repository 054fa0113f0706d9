package loadgen

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/unit"
)

func replayed(t *testing.T, text string) ([]mesh.Time, error) {
	t.Helper()
	trace := &Trace{File: "moments.txt"}
	err := trace.SetFile(func(name string) ([]byte, error) {
		if name != "moments.txt" {
			t.Errorf("asked for %q", name)
		}
		return []byte(text), nil
	})
	if err != nil {
		return nil, err
	}
	var all []mesh.Time
	pacer := trace.New(nil, stream("unused"))
	for now := pacer.Next(); now != mesh.Never; now = pacer.Next() {
		all = append(all, now)
	}
	return all, nil
}

func TestTracesReadBothForms(t *testing.T) {
	for name, text := range map[string]string{
		"since the start": "\ufeff# a file from Windows\r\n0.5s\r\n\r\n1500ms # the same moment twice\r\n1.5s\r\n1m\r\n",
		"RFC 3339":        "2026-01-31T12:00:00Z\n2026-01-31T12:00:01.000000001Z\n2026-01-31T14:00:02+02:00\n",
	} {
		got, err := replayed(t, text)
		want := []mesh.Time{5e8, 15e8, 15e8, 60e9}
		if name == "RFC 3339" {
			want = []mesh.Time{0, 1e9 + 1, 2e9}
		}
		if err != nil || len(got) != len(want) {
			t.Fatalf("%s: %v, %v", name, got, err)
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("%s: line %d is %d, want %d", name, i+1, got[i], want[i])
			}
		}
	}
}

func TestTracesSayWhatIsWrongOnWhichLine(t *testing.T) {
	for text, want := range map[string][]string{
		"":                           {"moments.txt:1:1: no moments"},
		"# nothing\n":                {"moments.txt:1:1: no moments"},
		"1s\n0.5s\n":                 {"moments.txt:2:1:", "earlier than line 1"},
		"1s\n2026-01-31T12:00:00Z\n": {"moments.txt:2:1: line 1 has the other form"},
		"12\n-1s\n1,5s\nx\n":         {"txt:1:1:", "needs a unit", "txt:2:1:", "txt:3:1:", "txt:4:1:"},
		"2026-01-31 12:00:00\n":      {"moments.txt:1:1:", "is not RFC 3339"},
	} {
		_, err := replayed(t, text)
		for _, part := range want {
			if err == nil || !strings.Contains(err.Error(), part) {
				t.Errorf("%q: %v, want an error with %q", text, err, part)
			}
		}
	}
	if _, err := replayed(t, strings.Repeat("x\n", 1000)); strings.Count(err.Error(), "\n") != mostErrors-1 {
		t.Errorf("a thousand bad lines give %d lines of errors", strings.Count(err.Error(), "\n")+1)
	}
}

func TestTraceAsksForItsFileOnce(t *testing.T) {
	trace := &Trace{File: "gone"}
	fail := errors.New("no such file")
	if err := trace.SetFile(func(string) ([]byte, error) { return nil, fail }); err != fail || trace.NeedsFile() != "gone" {
		t.Errorf("a failed read: %v, still needs %q", err, trace.NeedsFile())
	}
	read := func(string) ([]byte, error) { return []byte("1s"), nil }
	if err := trace.SetFile(read); err != nil || trace.NeedsFile() != "" {
		t.Errorf("a good read: %v, still needs %q", err, trace.NeedsFile())
	}
}

func traffic(change func(*Traffic)) *Traffic {
	t := &Traffic{}
	t.SetDefaults()
	change(t)
	return t
}

func TestTrafficHasOneSourceOfArrivals(t *testing.T) {
	rate := []Phase(at(100))
	for name, c := range map[string]struct {
		traffic *Traffic
		want    string
	}{
		"open":             {traffic(func(t *Traffic) { t.Rate = rate }), ""},
		"closed":           {traffic(func(t *Traffic) { t.Users = 5 }), ""},
		"trace":            {traffic(func(t *Traffic) { t.Arrivals = Arrivals{"trace", &Trace{}} }), ""},
		"nothing":          {traffic(func(t *Traffic) {}), "needs a rate"},
		"both":             {traffic(func(t *Traffic) { t.Rate, t.Users = rate, 5 }), "closed loop"},
		"trace at a rate":  {traffic(func(x *Traffic) { x.Rate, x.Arrivals = rate, Arrivals{"trace", &Trace{}} }), "own rate"},
		"thinking machine": {traffic(func(x *Traffic) { x.Rate, x.Think = rate, gaps(t, "exp(1s)") }), "needs users"},
		"endless ramp":     {traffic(func(x *Traffic) { x.Rate = []Phase{phase(0, 1, 2)} }), "for how long"},
		"endless phase":    {traffic(func(x *Traffic) { x.Rate = []Phase{phase(0, 1, 1), phase(time.Second, 2, 2)} }), "phase 1 holds for ever"},
	} {
		check(t, name, c.traffic.Check(), c.want)
	}
}

func TestKindsRefuseWhatHasNoMeaning(t *testing.T) {
	type checker interface{ Check() error }
	for name, c := range map[string]struct {
		settings checker
		want     string
	}{
		"zero rate":      {&VegetaConstant{}, "at least one hit a day"},
		"a rate":         {&VegetaConstant{Rate: 0.3}, ""},
		"amp over mean":  {&VegetaSine{Mean: 5, Amp: 5, Period: unit.Second}, "less than mean"},
		"flat wave":      {&VegetaSine{Mean: 5, Amp: 1}, "period"},
		"wave":           {&VegetaSine{Mean: 5, Amp: 1, Period: unit.Second}, ""},
		"no start":       {&VegetaLinear{Slope: 1}, "start_at"},
		"line":           {&VegetaLinear{StartAt: 1, Slope: 1}, ""},
		"no gaps":        {&Renewal{}, "mean"},
		"gaps in a file": {&Renewal{Gaps: gaps(t, "empirical(gaps.csv)")}, ""},
		"no bursts":      {&MMPP{BurstRatio: 2, MeanPause: unit.Second}, "at least 1us"},
		"bursts":         {newMMPP().(*MMPP), ""},
	} {
		check(t, name, c.settings.Check(), c.want)
	}
}

func check(t *testing.T, name string, err error, want string) {
	t.Helper()
	if (err != nil) != (want != "") || err != nil && !strings.Contains(err.Error(), want) {
		t.Errorf("%s: error %v, want one with %q", name, err, want)
	}
}

// Rates that no whole number of hits a second makes are counted by the minute,
// the hour or the day, and rounded there: 0.001/s is 86.4 a day.
func TestVegetaCountsWholeHits(t *testing.T) {
	for text, want := range map[string]string{
		"100/s": "100/1s", "30/m": "30/1m0s", "7/h": "7/1h0m0s", "0.5/s": "30/1m0s", "0.001/s": "86/24h0m0s", "0.3/s": "18/1m0s",
	} {
		rate, err := unit.ParseRate(text)
		if err != nil {
			t.Fatal(err)
		}
		got := hits(rate)
		if s := unit.FormatNumber(float64(got.Freq)) + "/" + got.Per.String(); s != want {
			t.Errorf("%s is %s, want %s", text, s, want)
		}
	}
}

func TestAnAttackThatStopsStaysStopped(t *testing.T) {
	pacer := Paced((&VegetaSine{}).Vegeta()) // invalid, so it stops at once
	for range 2 {
		if pacer.Next() != mesh.Never {
			t.Error("an arrival after the pacer had stopped")
		}
	}
}
