package scenarios

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/meshdyno/meshdyno/unit"
)

// load reads a scenario of a test, which must be right.
func load(t *testing.T, text string, set ...string) *Scenario {
	t.Helper()
	s, err := Load("t.yaml", []byte(text), LoadOptions{Set: set})
	if err != nil {
		t.Fatalf("%v\nin %s", err, text)
	}
	return s
}

func TestEveryScenarioOfTheLibraryLoads(t *testing.T) {
	for _, name := range Names() {
		s, err := Open(name, LoadOptions{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if s.Scenario != name {
			t.Errorf("%s.yaml calls itself %s", name, s.Scenario)
		}
		if !strings.Contains(s.About, "->") {
			t.Errorf("%s: about shows no drawing", name)
		}
		for _, w := range s.Warnings {
			t.Errorf("%s warns: %s", name, w)
		}
	}
}

func TestTheFormatsOwnExampleLoads(t *testing.T) {
	s, err := Open("testdata/load-storm.yaml", LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Warnings) != 0 {
		t.Errorf("warnings: %q", s.Warnings)
	}
	if s.Duration != 2*unit.Minute || s.Warmup.For != 10*unit.Second || s.Seed != 1 {
		t.Errorf("times = %v, %v, seed %d", s.Duration, s.Warmup, s.Seed)
	}
	names := []string{}
	for _, service := range s.Services {
		names = append(names, service.Name)
	}
	if want := []string{"web", "payments", "ads", "db"}; !slices.Equal(names, want) {
		t.Errorf("services = %v, want the order of the file", names)
	}
	if got := s.Network.CrossZone.Latency.String(); got != "normal(1ms, 100us)" {
		t.Errorf("cross_zone latency = %s", got)
	}
	web := s.Services[0]
	if web.Queue.Limit != 256 || web.CPU != 2 || len(web.Zones) != 3 || web.Endpoints[0].Steps[2].Parallel[0].Call.To != "ads" {
		t.Errorf("web = %+v", web)
	}
	rule := s.Policies[0]
	if rule.LoadBalancer.Policy != "least_request" || rule.Retry.NumRetries != 2 || rule.CircuitBreaker.RetryBudget.BudgetPercent != 0.2 || rule.CircuitBreaker.MaxRetries != 3 {
		t.Errorf("rule = %+v", rule)
	}
	if len(s.Traffic) != 2 || s.Traffic[1].Users != 20 || s.Traffic[0].Rate[0].Rate.From != 400 {
		t.Errorf("traffic = %+v", s.Traffic)
	}
	if s.Faults[1].Name != "crash" || s.Faults[1].Kind.Target() != "web" || *s.Faults[1].Restart != 5*unit.Second {
		t.Errorf("faults = %+v", s.Faults)
	}
	want := Expectation{Text: "p99(shoppers) < 400ms", Metric: "p99", Of: "shoppers", Op: "<", Bound: 400, Unit: Milliseconds}
	if s.Expect[1] != want {
		t.Errorf("expect = %+v, want %+v", s.Expect[1], want)
	}
}

func TestLoadFillsInWhatIsLeftOut(t *testing.T) {
	s := load(t, `{services: {web: {}}, traffic: {users: {to: web, rate: 1/s}}, network: {same_zone: {latency: 2ms}}}`)
	if s.Scenario != "t" {
		t.Errorf("scenario = %q, want the file's name", s.Scenario)
	}
	if len(s.Services[0].Endpoints) != 1 || s.Services[0].Endpoints[0].Path != "/" {
		t.Errorf("endpoints = %+v, want one, /", s.Services[0].Endpoints)
	}
	if s.Network.CrossZone.Latency.String() != "2ms" {
		t.Errorf("cross_zone = %+v, want same_zone's", s.Network.CrossZone)
	}
	if s.Duration != unit.Minute || s.Seed != 1 || s.Mesh.Proxies != "none" {
		t.Errorf("defaults = %+v", s)
	}
	if s := load(t, `{services: {web: {}}, traffic: {users: {to: web, rate: 1/s}}, network: {same_zone: {latency: 2ms}, cross_zone: {loss: 1%}}}`); !s.Network.CrossZone.Latency.IsZero() {
		t.Errorf("cross_zone = %+v; what is written stands for itself", s.Network.CrossZone)
	}
}

func TestTheLeastScenarioOfTheErrorLoads(t *testing.T) {
	load(t, least)
}

func TestNamesOfFiles(t *testing.T) {
	for file, want := range map[string]string{
		"retry-storm.yaml": "retry-storm", "a/B c.yml": "b-c", "../x.y.yaml": "x-y", "Ä.yaml": "scenario", "-": "scenario",
		strings.Repeat("a", 100) + ".yaml": strings.Repeat("a", 63),
	} {
		if got := nameOfFile(file); got != want {
			t.Errorf("nameOfFile(%q) = %q, want %q", file, got, want)
		}
	}
}

func TestLoadingTwiceGivesTheSame(t *testing.T) {
	for _, name := range []string{"first-steps", "testdata/load-storm.yaml"} {
		one, err := Open(name, LoadOptions{})
		if err != nil {
			t.Fatal(err)
		}
		two, _ := Open(name, LoadOptions{})
		if !reflect.DeepEqual(one, two) {
			t.Errorf("%s loads as\n%+v\nand then as\n%+v", name, one, two)
		}
	}
}
