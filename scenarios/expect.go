package scenarios

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/meshdyno/meshdyno/internal/nearest"
	"github.com/meshdyno/meshdyno/internal/strict"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/unit"
)

// Expectation is one thing that must hold: METRIC(OF WHAT) OPERATOR BOUND, such
// as p99(shoppers) < 400ms or retries(web -> payments) < 100.
type Expectation struct {
	Text    string // as it was written
	Metric  string // a name of Metrics
	Of      string // the traffic class or service; empty for an edge
	From    string // of an edge, the caller: a service or a traffic class
	To      string // of an edge, the service called
	Outcome string // for the metric outcome
	Op      string // < <= > >= == !=
	Bound   float64
	Unit    Unit // of Bound
}

// Unit is what the figures of a metric are measured in.
type Unit uint8

// The units of metrics and of the bounds they are held to.
const (
	Count        Unit = iota // a bare number
	Ratio                    // 0 to 1, written 99% or 0.99
	Milliseconds             // written 400ms
	PerSecond                // written 300/s
)

// Scope is what a metric can be asked of; scopes are added up.
type Scope uint8

// The scopes.
const (
	OfClass Scope = 1 << iota
	OfService
	OfEdge
)

// Metric is one figure that an expectation can be about.
type Metric struct {
	Name  string
	Unit  Unit
	Scope Scope
	About string
}

const ofAll = OfClass | OfService | OfEdge

// Metrics lists every figure that an expectation can be about.
var Metrics = []Metric{
	{"success_rate", Ratio, ofAll, "requests that succeeded, of all"},
	{"goodput", PerSecond, OfClass, "requests that succeeded, per second"},
	{"offered", PerSecond, OfClass, "requests that arrived, per second"},
	{"requests", Count, ofAll, "requests that arrived"},
	{"succeeded", Count, ofAll, "requests that succeeded"},
	{"failed", Count, OfClass, "requests that failed"},
	{"outcome", Count, OfClass | OfService, "requests with one outcome: outcome(shoppers, timeout)"},
	{"mean", Milliseconds, ofAll, "mean latency"},
	{"stddev", Milliseconds, ofAll, "standard deviation of the latency"},
	{"min", Milliseconds, ofAll, "least latency"},
	{"p50", Milliseconds, ofAll, "median latency"},
	{"p90", Milliseconds, ofAll, "latency that 90% do not exceed"},
	{"p95", Milliseconds, ofAll, "latency that 95% do not exceed"},
	{"p99", Milliseconds, ofAll, "latency that 99% do not exceed"},
	{"p99.9", Milliseconds, ofAll, "latency that 99.9% do not exceed"},
	{"p99.99", Milliseconds, ofAll, "latency that 99.99% do not exceed"},
	{"max", Milliseconds, ofAll, "greatest latency"},
	{"recovery", Milliseconds, OfClass | OfService, "time from the end of the last fault until all is as before"},
	{"utilization", Ratio, OfService, "busy worker time of all worker time"},
	{"queue_mean", Count, OfService, "requests waiting, on average over time, all replicas together"},
	{"queue_max", Count, OfService, "most requests waiting at one replica"},
	{"in_system_mean", Count, OfService, "requests waiting or at work, on average over time"},
	{"attempts", Count, OfEdge, "tries sent, the first and all retries"},
	{"retries", Count, OfEdge, "tries after the first"},
	{"ejections", Count, OfEdge, "hosts taken out of balancing"},
	{"probes", Count, OfEdge, "health checks sent"},
	{"unhealthy", Count, OfEdge, "hosts taken out by health checks"},
	{"overflows", Count, OfEdge, "requests refused by a circuit breaker"},
}

// metricNamed finds a metric, or says which there are.
func metricNamed(name string) (Metric, error) {
	names := make([]string, len(Metrics))
	for i, m := range Metrics {
		if names[i] = m.Name; m.Name == name {
			return m, nil
		}
	}
	did := ""
	if near := nearest.Name(name, names); near != "" {
		did = ": did you mean " + near + "?"
	}
	return Metric{}, fmt.Errorf("unknown metric %s%s (have %s)", strict.Show(name), did, strings.Join(names, ", "))
}

var check = regexp.MustCompile(`^\s*([^\s(]+)\s*\(([^()]*)\)\s*(<=|>=|==|!=|<|>)\s*(\S.*?)\s*$`)

// UnmarshalText reads METRIC(OF WHAT) OPERATOR BOUND.
func (e *Expectation) UnmarshalText(text []byte) error {
	parts := check.FindStringSubmatch(string(text))
	if parts == nil {
		return fmt.Errorf("%s is no check (allowed METRIC(OF WHAT) < BOUND, such as p99(shoppers) < 400ms, with < <= > >= == or !=)", strict.Show(string(text)))
	}
	m, err := metricNamed(parts[1])
	if err != nil {
		return err
	}
	*e = Expectation{Text: strings.TrimSpace(string(text)), Metric: m.Name, Op: parts[3], Unit: m.Unit}
	if err := e.arguments(m, parts[2]); err != nil {
		return err
	}
	e.Bound, err = m.bound(parts[4])
	return err
}

// arguments reads what stands between the parentheses.
func (e *Expectation) arguments(m Metric, inside string) error {
	if m.Name == "outcome" {
		of, outcome, found := strings.Cut(inside, ",")
		if e.Outcome = strings.TrimSpace(outcome); !found || !slices.Contains(outcomes(), e.Outcome) {
			return fmt.Errorf("outcome needs one of %s: outcome(shoppers, timeout) (got %s)", strings.Join(outcomes(), ", "), strict.Show(e.Outcome))
		}
		inside = of
	}
	from, to, edge := strings.Cut(inside, "->")
	from, to = strings.TrimSpace(from), strings.TrimSpace(to)
	if edge {
		e.From, e.To = from, to
	} else {
		e.Of = from
	}
	switch {
	case from == "" || edge && to == "":
		return fmt.Errorf("%s needs to know of what: %s(NAME)", m.Name, m.Name)
	case strings.ContainsAny(inside, ", "):
		if !edge || strings.ContainsAny(from+to, ", ") {
			return fmt.Errorf("%s is of one name, or of an edge FROM -> TO (got %s)", m.Name, strict.Show(inside))
		}
	}
	return m.scoped(edge)
}

func (m Metric) scoped(edge bool) error {
	switch {
	case edge && m.Scope&OfEdge == 0:
		return errors.New(m.Name + " is not of an edge; name " + m.Scope.String())
	case !edge && m.Scope == OfEdge:
		return errors.New(m.Name + " is of an edge: " + m.Name + "(FROM -> TO)")
	}
	return nil
}

func (s Scope) String() string {
	var words []string
	for i, word := range []string{"a traffic class", "a service", "an edge FROM -> TO"} {
		if s&(1<<i) != 0 {
			words = append(words, word)
		}
	}
	return strings.Join(words, " or ")
}

// bound reads the right side in the unit of the metric.
func (m Metric) bound(text string) (float64, error) {
	var x float64
	var err error
	switch m.Unit {
	case Milliseconds:
		var d unit.Duration
		d, err = unit.ParseDuration(text)
		x = float64(d) / 1e6
	case Ratio:
		var r unit.Ratio
		r, err = unit.ParseRatio(text)
		if x = float64(r); err == nil && x > 1 {
			return 0, fmt.Errorf("%s is never above 1: write 99%% or 0.99 (got %s)", m.Name, strict.Show(text))
		}
	case PerSecond:
		var r unit.Rate
		r, err = unit.ParseRate(text)
		x = float64(r)
	default:
		x, err = unit.ParseNumber(text)
	}
	if err != nil {
		return 0, fmt.Errorf("%s is %s (got %s)", m.Name, m.Unit.written(), strict.Show(text))
	}
	return x, nil
}

func (u Unit) written() string {
	return [...]string{
		Count: "a number: write 100", Ratio: "a ratio: write 99% or 0.99",
		Milliseconds: "a duration: write 400ms", PerSecond: "a rate: write 300/s",
	}[u]
}

func outcomes() []string {
	var names []string
	for o := range mesh.Outcomes {
		names = append(names, o.String())
	}
	return names
}

// String is the check as it was written.
func (e Expectation) String() string { return e.Text }

// MarshalText is String.
func (e Expectation) MarshalText() ([]byte, error) { return []byte(e.Text), nil }

// Grammar describes a check to a reader.
func (Expectation) Grammar() string {
	return "a check: p99(shoppers) < 400ms, success_rate(shoppers) >= 99%, goodput(shoppers) > 300/s, retries(web -> payments) < 100, recovery(payments) < 30s"
}
