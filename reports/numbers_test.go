package reports

import (
	"math"
	"testing"
)

func TestNumbersReadLikeAnEngineersOwn(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{duration(0), "0"}, {duration(0.000002), "2.00ns"}, {duration(0.845), "845us"}, {duration(1.2345), "1.23ms"},
		{duration(0.9996), "1.00ms"}, {duration(999.4), "999ms"}, {duration(999.6), "1.00s"}, {duration(12300), "12.3s"},
		{duration(1e6), "1000s"}, {duration(7.2e6), "7200s"}, {duration(1e7), "2.78h"}, {duration(-1.5), "-1.50ms"}, {duration(math.NaN()), "-"}, {duration(math.Inf(1)), "-"},
		{perSecond(399.9), "400/s"}, {perSecond(12345), "12.3k/s"}, {perSecond(0.5), "0.50/s"}, {perSecond(999999), "1.00M/s"}, {perSecond(0), "0/s"},
		{quantity(0.001), "<0.01"}, {quantity(31), "31.0"}, {quantity(5123456), "5.12M"},
		{count(0), "0"}, {count(999), "999"}, {count(1000), "1,000"}, {count(48012), "48,012"}, {count(999999), "999,999"}, {count(5123456), "5.12M"}, {count(math.MaxUint64), ">999T"},
		{share(1), "100%"}, {share(0), "0%"}, {share(0.99996), ">99.99%"}, {share(0.9996), "99.96%"}, {share(1e-9), "<0.01%"}, {share(math.NaN()), "-"},
		{busy(0.934), "93%"}, {busy(0.0421), "4.2%"}, {busy(0), "0%"}, {busy(1), "100%"}, {busy(0.0996), "10%"},
		{span(20), "20s"}, {span(0.5), "0.5s"}, {span(0.1), "0.1s"}, {span(0.01), "10.0ms"}, {span(0.001), "1.00ms"}, {span(1e-9), "1.00ns"}, {span(0), "0s"}, {span(60), "1m"}, {span(90), "1m30s"}, {span(7200), "2h"}, {span(3661), "1h1m1s"}, {span(math.NaN()), "-"}, {span(1e300), ">999Ts"},
		{plusMinus(12.1, [2]float64{12, 12.3}, durationIn), "±200us"}, {plusMinus(5, [2]float64{5, 5}, durationIn), "±0"},
	} {
		if c.got != c.want {
			t.Errorf("got %s, want %s", c.got, c.want)
		}
	}
}

func TestFitKeepsBothEnds(t *testing.T) {
	for _, c := range []struct {
		in      string
		columns int
		want    string
	}{{"web", 3, "web"}, {"mock-service-12", 9, "mock…e-12"}, {"界界界界", 5, "界…界"}, {"abc", 1, "."}, {"abc", 0, ""}} {
		if got := fit(c.in, c.columns, "…"); got != c.want || width(got) > c.columns {
			t.Errorf("fit(%q, %d) = %q, want %q", c.in, c.columns, got, c.want)
		}
	}
}

func TestCleanEscapesWhatATerminalObeys(t *testing.T) {
	for in, want := range map[string]string{
		"web-1": "web-1", "\x1b[31m": `\x1b[31m`, "a\nb\tc": `a\nb\tc`, "\u202e": `\u202e`, "\xff": `\xff`, "\uFFFD": "\uFFFD", "Grüße 界": "Grüße 界", "e\u0301": "e\u0301",
	} {
		if got := clean(in); got != want {
			t.Errorf("clean(%q) = %q, want %q", in, got, want)
		}
	}
	if got := cleanASCII(`ü"\` + "\x1b"); got != `\u00fc"\\x1b` {
		t.Errorf("cleanASCII = %q", got)
	}
}

func TestBarIsAlwaysFullAndInProportion(t *testing.T) {
	for _, c := range []struct {
		shares [parts]float64
		want   [parts]int
	}{
		{[parts]float64{app: 1, queue: 1}, [parts]int{app: 5, queue: 5}},
		{[parts]float64{app: 1, downstream: 1, retry: 1}, [parts]int{app: 4, downstream: 3, retry: 3}},
		{[parts]float64{app: 1e9, tls: 1e-9}, [parts]int{app: 10}},
	} {
		total := 0.0
		for _, x := range c.shares {
			total += x
		}
		if got := apportion(c.shares, total, 10); got != c.want {
			t.Errorf("%v: got %v, want %v", c.shares, got, c.want)
		}
	}
}
