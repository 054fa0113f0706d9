package scenarios

import (
	"encoding/json"

	"github.com/meshdyno/meshdyno/fault"
	"github.com/meshdyno/meshdyno/internal/strict"
	"github.com/meshdyno/meshdyno/loadgen"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
	"github.com/meshdyno/meshdyno/topologies"
)

// Schema is the JSON Schema (draft 2020-12) of a scenario file, as indented
// JSON. Editors complete and check by it; the decoder is stricter in what only
// the values together tell.
func Schema() []byte {
	schema := strict.Schema("urn:meshdyno:scenario", "meshdyno scenario", Scenario{})
	text, err := json.MarshalIndent(schema, "", "  ")
	if err != nil {
		panic(err) // it holds maps, lists and words only
	}
	return append(text, '\n')
}

// Menu is one list of things to choose from by name, and where they are chosen.
type Menu struct {
	What  string // "balancer"
	Where string // "policies.N.load_balancer"
	Kinds []strict.Kind
}

// Kinds lists everything that a scenario chooses by name, for `meshdyno kinds`.
func Kinds() []Menu {
	menus := []Menu{
		{"arrivals", "traffic.NAME.arrivals", strict.DescribeMenu(loadgen.Pacers)},
		{"balancer", "policies.N.load_balancer", strict.DescribeMenu(policy.Balancers)},
		{"breaker", "policies.N.breaker", strict.DescribeMenu(policy.Breakers)},
		{"outlier detection", "policies.N.outlier_detection", strict.DescribeMenu(policy.Outliers)},
		{"retry budget", "policies.N.retry.budget", strict.DescribeMenu(policy.Budgets)},
		{"fault", "faults.N", strict.DescribeMenu(fault.Kinds)},
		{"distribution", "wherever a duration or size may vary", distributions},
	}
	for _, words := range []struct {
		what, where string
		of          any
		key         string
	}{
		{"queue order", "services.NAME.queue.order", mesh.Queue{}, "order"},
		{"protocol", "services.NAME.protocol", mesh.Service{}, "protocol"},
		{"proxies", "mesh.proxies", mesh.Mesh{}, "proxies"},
	} {
		menu := Menu{What: words.what, Where: words.where}
		for _, word := range strict.Words(words.of, words.key) {
			menu.Kinds = append(menu.Kinds, strict.Kind{Name: word})
		}
		menus = append(menus, menu)
	}
	generators := Menu{What: "topology", Where: "topology"}
	for _, name := range topologies.Library() {
		generators.Kinds = append(generators.Kinds, strict.Kind{Name: name, About: "of the library"})
	}
	for _, g := range topologies.Generators() {
		generators.Kinds = append(generators.Kinds, strict.Kind{Name: g.Example, About: g.About})
	}
	metrics := Menu{What: "metric", Where: "expect.N"}
	for _, m := range Metrics {
		metrics.Kinds = append(metrics.Kinds, strict.Kind{Name: m.Name, About: m.About + "; of " + m.Scope.String()})
	}
	return append(menus, generators, metrics)
}

// distributions is the list for readers; package chance reads them.
var distributions = []strict.Kind{
	{Name: "5ms", About: "always the same"},
	{Name: "exp(5ms)", About: "exponential: many short, few long"},
	{Name: "normal(5ms, 1ms)", About: "mean and standard deviation; never below 0"},
	{Name: "uniform(1ms, 9ms)", About: "all values between, alike"},
	{Name: "lognormal(5ms, p99=40ms)", About: "mean and 99th percentile; or cv=2, standard deviation over mean"},
	{Name: "gamma(5ms, cv=0.5)", About: "mean and standard deviation over mean"},
	{Name: "erlang(5ms, k=4)", About: "the sum of k equal exponential stages"},
	{Name: "weibull(5ms, shape=0.7)", About: "mean and shape; a heavier tail than exp below 1"},
	{Name: "pareto(min=1ms, alpha=1.5)", About: "a power law from min on; max=1s bounds it"},
	{Name: "mix(90%: exp(1ms), 10%: exp(20ms))", About: "one of several, by chance"},
	{Name: "empirical(FILE.csv)", About: "the values of a file: one on each line, or the columns value,weight"},
}
