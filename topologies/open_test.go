package topologies

import (
	"errors"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
)

func noFile(string) ([]byte, error) { return nil, errors.New("no file is to be read here") }

func open(t testing.TB, name string) []mesh.Service {
	t.Helper()
	services, err := Open(name, noFile)
	if err != nil {
		t.Fatal(err)
	}
	return services
}

// arrows writes a graph as a -> b c, one service after another.
func arrows(services []mesh.Service) string {
	var lines []string
	for i := range services {
		line := services[i].Name
		if callees := callees(&services[i]); len(callees) > 0 {
			line += " -> " + strings.Join(callees, " ")
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, ", ")
}

func callees(s *mesh.Service) (names []string) {
	calls(s, func(c *mesh.Call) { names = append(names, c.To) })
	return names
}

func calls(s *mesh.Service, tell func(*mesh.Call)) {
	for _, e := range s.Endpoints {
		for _, step := range e.Steps {
			for _, step := range append([]mesh.Step{step}, step.Parallel...) {
				if step.Call != nil {
					tell(step.Call)
				}
			}
		}
	}
}

func TestGeneratorsDrawWhatTheyAreCalled(t *testing.T) {
	for name, want := range map[string]string{
		"chain(1)":                      "svc-1",
		"chain(services=3)":             "svc-1 -> svc-2, svc-2 -> svc-3, svc-3",
		"star(3)":                       "hub -> leaf-1 leaf-2 leaf-3, leaf-1, leaf-2, leaf-3",
		"tree(2, 2)":                    "svc-0 -> svc-0-0 svc-0-1, svc-0-0, svc-0-1",
		"tree(fanout=1, depth=3)":       "svc-0 -> svc-0-0, svc-0-0 -> svc-0-0-0, svc-0-0-0",
		" layered( 3 , 3 , calls = 1 )": "front -> l1-1, l1-1 -> l2-1, l2-1",
	} {
		if got := arrows(open(t, name)); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
}

// The trees that isotope ships are trees of ours, but for the name of the root.
func TestTreesAreIsotopes(t *testing.T) {
	for file, name := range map[string]string{
		"testdata/isotope/tree-13-services.yaml": "tree(depth=3, fanout=3)", "testdata/isotope/tree-111-services.yaml": "tree(depth=3, fanout=10)",
	} {
		theirs := load(t, file).Services
		theirs[0].Name = "svc-0"
		ours := open(t, name)
		if sorted(arrows(ours)) != sorted(arrows(theirs)) {
			t.Errorf("%s is not %s:\n%s\n%s", name, file, arrows(ours), arrows(theirs))
		}
	}
}

func sorted(arrows string) string {
	lines := strings.Split(arrows, ", ")
	slices.Sort(lines)
	return strings.Join(lines, ", ")
}

func TestEveryServiceOfAGeneratorIsLikeTheOthers(t *testing.T) {
	for _, g := range Generators() {
		example := strings.TrimSuffix(g.Example, ")")
		for _, s := range open(t, example+", replicas=7, work=mix(90%: exp(1ms), 10%: exp(20ms)))") {
			if work := s.Endpoints[0].Steps[0].Work; s.Replicas != 7 || work == nil || work.Mean() != 2.9e6 {
				t.Errorf("%s: service %s has %d replicas and begins with %v", g.Example, s.Name, s.Replicas, work)
			}
		}
		for _, s := range open(t, example+", work=0)") {
			for _, step := range s.Endpoints[0].Steps {
				if step.Work != nil {
					t.Errorf("%s: service %s works, though work=0", g.Example, s.Name)
				}
			}
		}
	}
}

// A layered graph: one front, calls to the next layer only, each to a different
// service, a caller for everyone, and the number of calls asked for.
func TestLayersKeepWhatTheyPromise(t *testing.T) {
	for _, l := range []Layers{{100, 5, 3, 1}, {10_000, 4, 2.5, 7}, {50, 2, 0.5, 3}, {7, 7, 1, 1}, {1, 1, 2, 1}, {1000, 10, 1.3, 9}} {
		services := Layered(l, Each{})
		if len(services) != l.Services {
			t.Errorf("%+v made %d services", l, len(services))
		}
		layer, called := map[string]int{"front": 0}, map[string]bool{"front": true}
		for i := range services {
			s, expected := &services[i], 0.0
			var to []string
			calls(s, func(c *mesh.Call) {
				expected += float64(c.Chance)
				to = append(to, c.To)
				called[c.To] = true
				if at, known := layer[c.To]; known && at != layer[s.Name]+1 {
					t.Errorf("%+v: %s in layer %d calls %s in layer %d", l, s.Name, layer[s.Name], c.To, at)
				}
				layer[c.To] = layer[s.Name] + 1
			})
			last := layer[s.Name] == l.Layers-1
			if want := l.Calls; !last && math.Abs(expected-want) > 1e-9 && (expected > want || expected != float64(len(to))) {
				t.Errorf("%+v: %s makes %v calls on average, knows %d others", l, s.Name, expected, len(to))
			}
			if slices.Sort(to); len(slices.Compact(to)) != len(callees(s)) || last != (len(to) == 0) {
				t.Errorf("%+v: %s calls %v", l, s.Name, to)
			}
		}
		if len(called) != l.Services {
			t.Errorf("%+v: only %d services have a caller", l, len(called))
		}
	}
}

// One request through ten thousand services: thrown often enough, it touches as
// many of them as the formula says, and not more.
func TestARequestTouchesFewOfTenThousand(t *testing.T) {
	l := Layers{Services: 10_000, Layers: 4, Calls: 2, Seed: 1}
	services := Layered(l, Each{Replicas: 10})
	index := map[string]*mesh.Service{}
	for i := range services {
		index[services[i].Name] = &services[i]
	}
	s := chance.New(1, 0, "test", "touched")
	var touch func(name string) int
	touch = func(name string) int {
		n := 1
		calls(index[name], func(c *mesh.Call) {
			if s.Float64() < float64(c.Chance) {
				n += touch(c.To)
			}
		})
		return n
	}
	const requests = 2000
	sum, squares := 0.0, 0.0
	for range requests {
		n := float64(touch("front"))
		sum, squares = sum+n, squares+n*n
	}
	mean := sum / requests
	deviation := math.Sqrt(squares/requests-mean*mean) / math.Sqrt(requests)
	if want := l.Touched(); want != 15 || math.Abs(mean-want) > 4*deviation {
		t.Errorf("a request touches %v services, want %v within %v", mean, want, 4*deviation)
	}
}

func TestASeedIsAGraph(t *testing.T) {
	one, same, other := open(t, "layered(200, seed=1)"), open(t, "layered(200)"), open(t, "layered(200, seed=2)")
	if !reflect.DeepEqual(one, same) {
		t.Error("seed 1 made two graphs")
	}
	if arrows(one) == arrows(other) {
		t.Error("seeds 1 and 2 made the same graph")
	}
	const golden = "front -> l1-1 l1-2, l1-1 -> l2-2 l2-3 l2-4 l2-5, l1-2 -> l2-1 l2-2 l2-3, l2-1, l2-2, l2-3, l2-4, l2-5"
	if got := arrows(open(t, "layered(8, 3, 1)")); got != golden {
		t.Errorf("a graph that scenarios may rest on has changed: %s", got)
	}
}

func TestTheLibraryOpens(t *testing.T) {
	if len(Library()) < 2 {
		t.Errorf("the library holds %v", Library())
	}
	for _, name := range Library() {
		if services := open(t, name); len(services) == 0 || endless(services) != nil {
			t.Errorf("%s: %s", name, arrows(services))
		}
		if about := About(name); !strings.Contains(about, "-->") && !strings.Contains(about, "->") {
			t.Errorf("%s does not open with what it is and a drawing: %q", name, about)
		}
	}
	imported := load(t, "testdata/isotope/canonical.yaml")
	if !reflect.DeepEqual(open(t, "canonical"), imported.Services) {
		t.Error("canonical is not what isotope ships")
	}
}

func TestFilesOpenInBothFormats(t *testing.T) {
	for file, text := range map[string]string{
		"isotope.yaml": "services: [{name: a, script: [call: b]}, {name: b}]",
		"graphs/ours":  "about: two services\nservices: {a: {endpoints: {/: {steps: [call: b]}}}, b: {}}",
		"ours.json":    `{"services": {"a": {"endpoints": {"/": {"steps": [{"call": "b"}]}}}, "b": {}}}`,
		"again.yml":    "services:\n  a: {endpoints: {/: {steps: [{call: b}]}}}\n  b: {replicas: 2}\n",
	} {
		services, err := Open(file, func(name string) ([]byte, error) {
			if name != file {
				t.Errorf("%s: asked for %s", file, name)
			}
			return []byte(text), nil
		})
		if err != nil || arrows(services) != "a -> b, b" {
			t.Errorf("%s: %s, %v", file, arrows(services), err)
		}
	}
}

func TestWhatCannotBeOpenedIsExplained(t *testing.T) {
	for name, want := range map[string]string{
		"canonicl":                        `unknown topology "canonicl" (have canonical, chain-3, tree-13; generators: chain(5), tree(depth=3, fanout=3), star(10), layered(services=100, layers=4, calls=2, seed=1); or the name of a .yaml file); did you mean canonical?`,
		"../secret":                       "no file is to be read here",
		"chian(5)":                        `unknown generator "chian" (have chain, tree, star, layered); did you mean chain?`,
		"chain(5":                         "chain lacks its closing parenthesis: chain(5)",
		"chain()":                         "chain: needs services; write chain(5)",
		"chain(0)":                        `chain: services must be a whole number from 1 to 1000 (got "0")`,
		"chain(2.5)":                      `chain: services must be a whole number`,
		"chain(x)":                        "chain: services: ",
		"chain(5, 6)":                     "chain: too many values; write chain(5)",
		"chain(5, services=6)":            "chain: services is given twice",
		"chain(5, replica=6)":             `chain: has no "replica" (have services, replicas, work); did you mean replicas?`,
		"chain(5, work=5)":                "chain: work: ",
		"chain(5, work=empirical(a.csv))": "chain: work: a generator reads no files",
		"chain(5, replicas=1000000)":      "chain: makes more than 1000000 replicas",
		"tree(16, 10000)":                 "tree: makes more than 100000 services",
		"layered(3)":                      "layered: each of the 4 layers needs a service (got 3)",
		"layered(100, 30, 10)":            "layered: one request would make more than 100000 calls",
		"layered(100, calls=-1)":          "layered: calls: ",
	} {
		_, err := Open(name, noFile)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v\nwant %s", name, err, want)
		}
	}
	for text, want := range map[string]string{
		"services: {a: {replica: 2}}": `file.yaml:1:16: unknown key "replica"; did you mean replicas?`,
		"services: [{}]":              "file.yaml:1:12: a service needs a name",
		"":                            "file.yaml: the file is empty; a topology begins like",
		"services: {}":                "file.yaml:1:1: no services",
		"services: [a, b":             "file.yaml:1:11:",
	} {
		_, err := Open("file.yaml", func(string) ([]byte, error) { return []byte(text), nil })
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v\nwant %s", text, err, want)
		}
	}
}

// What generators are asked comes from files: nothing of it may panic or take
// for ever.
func FuzzOpen(f *testing.F) {
	for _, g := range Generators() {
		f.Add(g.Example)
	}
	f.Add("chain(5, replicas=3, work=exp(1ms))")
	f.Fuzz(func(t *testing.T, name string) {
		services, err := Open(name, noFile)
		if err == nil && (len(services) == 0 || len(services) > mostServices) {
			t.Errorf("%d services", len(services))
		}
	})
}

func BenchmarkLayered(b *testing.B) {
	for b.Loop() {
		Layered(Layers{Services: 10_000, Layers: 4, Calls: 2, Seed: 1}, Each{Replicas: 10})
	}
}
