package scenarios

import (
	"context"
	"strings"
	"testing"
)

// overload sends twice what the database can do; ads are bored.
const overload = `
duration: 30s
services:
  web: {endpoints: {/: {steps: [{call: db}, {call: ads}]}}}
  db: {concurrency: 1, endpoints: {/: {steps: [{work: 20ms}]}}}
  ads: {endpoints: {/: {steps: [{work: 1ms}]}}}
traffic: {users: {to: web, rate: 100/s}}
expect:
  - mean(users) < 1h
  - mean(users -> web) < 1h
  - mean(web -> db) < 1h
  - queue_mean(db) < 100000
  - in_system_mean(db) < 100000
  - mean(web -> ads) < 2ms
  - p99(web -> db) > 1s
  - p99.99(web -> ads) < 2ms
`

func TestNoMeanIsJudgedOfAQueueThatGrew(t *testing.T) {
	s, err := Load("overload.yaml", []byte(overload), LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := Run(context.Background(), s, RunOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range r.Expect {
		switch growing := i < 5; {
		case growing && (v.Pass || v.Note != "cannot tell: "+grewToTheEnd):
			t.Errorf("%s: %+v", v.Check, v)
		case !growing && !v.Pass:
			t.Errorf("%s: %+v", v.Check, v)
		}
	}
	if last := r.Expect[len(r.Expect)-1]; !strings.HasPrefix(last.Note, "cannot tell: p99.99 needs 36887 requests") {
		t.Errorf("%s: %+v", last.Check, last)
	}
	for _, e := range r.Edges {
		if e.Latency.Grew() != (e.To != "ads") {
			t.Errorf("%s -> %s: mean struck out: %v", e.From, e.To, e.Latency.Grew())
		}
	}
}

func TestWhatIsObservedShowsItsSideOfTheBound(t *testing.T) {
	for _, c := range []struct {
		check string
		found float64
		want  string
	}{
		{"p99(a) < 2ms", 2.000895, "2.000895ms"},
		{"p99(a) < 2ms", 2.1, "2.1ms"},
		{"p99(a) <= 2ms", 2, "2.0ms"},
		{"p99(a) < 2s", 2000.4, "2000.4ms"},
		{"success_rate(a) >= 99%", 0.98999, "98.999%"},
		{"success_rate(a) >= 99%", 0.991, "99.10%"},
		{"goodput(a) > 300/s", 299.98, "299.98/s"},
		{"queue_mean(a) < 5", 5.0000004, "5.0000004"},
	} {
		var e Expectation
		if err := e.UnmarshalText([]byte(c.check)); err != nil {
			t.Fatal(err)
		}
		if got := e.observed(c.found); got != c.want {
			t.Errorf("%s: %v is observed %s, want %s", c.check, c.found, got, c.want)
		}
	}
}
