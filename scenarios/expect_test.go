package scenarios

import (
	"testing"
)

func TestExpectationsAreRead(t *testing.T) {
	for text, want := range map[string]Expectation{
		"p99(shoppers) < 400ms":          {Metric: "p99", Of: "shoppers", Op: "<", Bound: 400, Unit: Milliseconds},
		"p99.9(web -> db) <= 1.5s":       {Metric: "p99.9", From: "web", To: "db", Op: "<=", Bound: 1500, Unit: Milliseconds},
		"success_rate(shoppers) >= 99%":  {Metric: "success_rate", Of: "shoppers", Op: ">=", Bound: 0.99, Unit: Ratio},
		"success_rate(shoppers)>=0.99":   {Metric: "success_rate", Of: "shoppers", Op: ">=", Bound: 0.99, Unit: Ratio},
		"goodput(shoppers) > 300/s":      {Metric: "goodput", Of: "shoppers", Op: ">", Bound: 300, Unit: PerSecond},
		"utilization(payments) < 80%":    {Metric: "utilization", Of: "payments", Op: "<", Bound: 0.8, Unit: Ratio},
		"queue_max(db) <= 10":            {Metric: "queue_max", Of: "db", Op: "<=", Bound: 10, Unit: Count},
		"queue_mean(db) != 0.5":          {Metric: "queue_mean", Of: "db", Op: "!=", Bound: 0.5, Unit: Count},
		"retries( web->payments ) < 100": {Metric: "retries", From: "web", To: "payments", Op: "<", Bound: 100, Unit: Count},
		"recovery(db) < 30s":             {Metric: "recovery", Of: "db", Op: "<", Bound: 30000, Unit: Milliseconds},
		"outcome(shoppers, timeout)==10": {Metric: "outcome", Of: "shoppers", Outcome: "timeout", Op: "==", Bound: 10, Unit: Count},
		"mean(db) < 100us":               {Metric: "mean", Of: "db", Op: "<", Bound: 0.1, Unit: Milliseconds},
	} {
		want.Text = text
		var got Expectation
		if err := got.UnmarshalText([]byte(text)); err != nil || got != want {
			t.Errorf("%s reads as %+v, %v", text, got, err)
		}
	}
}

func TestExpectationsThatAreNone(t *testing.T) {
	const form = " is no check (allowed METRIC(OF WHAT) < BOUND, such as p99(shoppers) < 400ms, with < <= > >= == or !=)"
	for text, want := range map[string]string{
		"":                        `""` + form,
		"p99 < 400ms":             `"p99 < 400ms"` + form,
		"p99(a) = 400ms":          `"p99(a) = 400ms"` + form,
		"p99(a) <":                `"p99(a) <"` + form,
		"p99(a) < 5":              `p99 is a duration: write 400ms (got "5")`,
		"p99(a) < 99%":            `p99 is a duration: write 400ms (got "99%")`,
		"success_rate(a) > 300ms": `success_rate is a ratio: write 99% or 0.99 (got "300ms")`,
		"goodput(a) > 300":        `goodput is a rate: write 300/s (got "300")`,
		"queue_max(a) < 10ms":     `queue_max is a number: write 100 (got "10ms")`,
		"success_rate(a) > 99":    `success_rate is never above 1: write 99% or 0.99 (got "99")`,
		"utilization(a) < 101%":   `utilization is never above 1: write 99% or 0.99 (got "101%")`,
		"p99() < 5ms":             `p99 needs to know of what: p99(NAME)`,
		"p99(-> b) < 5ms":         `p99 needs to know of what: p99(NAME)`,
		"p99(a, b) < 5ms":         `p99 is of one name, or of an edge FROM -> TO (got "a, b")`,
		"p99(a b -> c) < 5ms":     `p99 is of one name, or of an edge FROM -> TO (got "a b -> c")`,
		"retries(a) < 5":          `retries is of an edge: retries(FROM -> TO)`,
		"utilization(a -> b) < 1": `utilization is not of an edge; name a service`,
		"outcome(a) < 5":          `outcome needs one of ` + allOutcomes + `: outcome(shoppers, timeout) (got "")`,
		"outcome(a, late) < 5":    `outcome needs one of ` + allOutcomes + `: outcome(shoppers, timeout) (got "late")`,
	} {
		var e Expectation
		if err := e.UnmarshalText([]byte(text)); err == nil || err.Error() != want {
			t.Errorf("%s:\n got  %v\n want %s", text, err, want)
		}
	}
}

const allOutcomes = "unfinished, ok, error, dependency, refused, expired, reset, connect_failure, timeout, overflow, unavailable, broken, deadline, fault_injected"

func TestEveryMetricHasASample(t *testing.T) {
	bounds := map[Unit]string{Count: "1", Ratio: "1%", Milliseconds: "1ms", PerSecond: "1/s"}
	for _, m := range Metrics {
		of := "a"
		if m.Scope == OfEdge {
			of = "a -> b"
		}
		if m.Name == "outcome" {
			of = "a, ok"
		}
		var e Expectation
		if err := e.UnmarshalText([]byte(m.Name + "(" + of + ") < " + bounds[m.Unit])); err != nil || e.Metric != m.Name {
			t.Errorf("%s: %+v, %v", m.Name, e, err)
		}
	}
}
