package scenarios

import (
	"strings"

	"github.com/meshdyno/meshdyno/internal/strict"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
	"github.com/meshdyno/meshdyno/topologies"
)

// Menu is one list of things to choose from by name, and where they are chosen.
type Menu struct {
	What  string // "balancer"
	Where string // "policies.N.load_balancer"
	Kinds []strict.Kind
}

// Kinds lists everything that a scenario chooses by name, in the order of its
// sections, for `meshdyno kinds`.
func Kinds() []Menu {
	menus := []Menu{topologyMenu(), words("services.NAME.queue.order", "queue order", mesh.Queue{}, "order"),
		words("services.NAME.protocol", "protocol", mesh.Service{}, "protocol"), words("mesh.proxies", "proxies", mesh.Mesh{}, "proxies"), hopMenu()}
	for _, s := range strict.Sections(Scenario{}) {
		if s.What != "" {
			menus = append(menus, Menu{s.What, s.Paths[0], s.Kinds})
		}
	}
	return append(menus, backOffMenu(), dialectMenu(), metricMenu(), Menu{"distribution", anywhere, distributions})
}

// anywhere is where a distribution may stand.
const anywhere = "wherever a duration or size may vary"

func words(where, what string, of any, key string) Menu {
	menu := Menu{What: what, Where: where}
	for _, word := range strict.Words(of, key) {
		menu.Kinds = append(menu.Kinds, strict.Kind{Name: word})
	}
	return menu
}

func topologyMenu() Menu {
	menu := Menu{What: "topology", Where: "topology"}
	for _, name := range topologies.Library() {
		about, _, _ := strings.Cut(topologies.About(name), ". ")
		menu.Kinds = append(menu.Kinds, strict.Kind{Name: name, About: strings.TrimSuffix(strings.Join(strings.Fields(about), " "), ".")})
	}
	for _, g := range topologies.Generators() {
		menu.Kinds = append(menu.Kinds, strict.Kind{Name: g.Example, About: g.About})
	}
	return menu
}

func hopMenu() Menu {
	menu := Menu{What: "hop profile", Where: "mesh.hop.profile"}
	for _, p := range mesh.Profiles {
		menu.Kinds = append(menu.Kinds, strict.Kind{Name: p.Name, About: p.About})
	}
	return menu
}

func backOffMenu() Menu {
	menu := Menu{What: "back-off", Where: "policies.N.retry.back_off.kind"}
	for _, b := range policy.BackOffs {
		menu.Kinds = append(menu.Kinds, strict.Kind{Name: b.Name, About: "before try n+1, with b for base_interval and m for max_interval: " + b.About})
	}
	return menu
}

func dialectMenu() Menu {
	menu := Menu{What: "dialect", Where: "policies.N.dialect"}
	for _, d := range policy.Dialects {
		kind := strict.Kind{Name: d.Name, About: d.About}
		for _, c := range d.Changes {
			kind.Knobs = append(kind.Knobs, strict.Knob{Key: c.Key, Doc: c.About})
		}
		menu.Kinds = append(menu.Kinds, kind)
	}
	return menu
}

func metricMenu() Menu {
	menu := Menu{What: "metric", Where: "expect.N"}
	for _, m := range Metrics {
		menu.Kinds = append(menu.Kinds, strict.Kind{Name: m.Name, About: m.About + "; of " + m.Scope.String()})
	}
	return menu
}

// Difference is what a dialect does otherwise.
type Difference struct{ Dialect, About string }

// Differences lists what the dialects do otherwise with a kind or a section, by
// its name: ring_hash, outlier_detection.
func Differences(name string) (all []Difference) {
	for _, d := range policy.Dialects {
		for _, c := range d.Changes {
			if c.Key == name {
				all = append(all, Difference{d.Name, c.About})
			}
		}
	}
	return all
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
