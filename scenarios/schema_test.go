package scenarios

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/internal/strict"
)

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("scenario.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("scenario.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func plain(t *testing.T, name string, text []byte) any {
	t.Helper()
	tree, err := strict.Parse(name, text)
	if err != nil {
		t.Fatal(err)
	}
	return tree.Plain()
}

func TestSchemaAcceptsWhatTheLoaderAccepts(t *testing.T) {
	schema := compiled(t)
	texts := map[string][]byte{"least": []byte(least)}
	for _, name := range Names() {
		texts[name], _ = Source(name)
	}
	storm, err := os.ReadFile("testdata/load-storm.yaml")
	if err != nil {
		t.Fatal(err)
	}
	texts["load-storm"] = storm
	for name, section := range map[string]string{
		"long queue":      "services: {web: {queue: {limit: 256, timeout: 2s, order: fifo}}}",
		"topology":        "topology: chain(3)",
		"profile":         "services: {s0: {}}\nseed: 3",
		"call long":       "services: {s0: {endpoints: {/: {steps: [{call: {to: s0, chance: 0.5, optional: true}}, [{wait: 1ms}], {choose: [{chance: 50%, steps: [{work: 1ms}]}]}]}}}}",
		"mesh":            "mesh: {proxies: node, nodes: 2, hop: {workers: 2, request: exp(50us)}}",
		"balancer":        "policies: [{load_balancer: random}, {load_balancer: {policy: round_robin}}]",
		"warm-up":         "warmup: auto",
		"ratio, a number": "network: {same_zone: {loss: 0.001}}",
	} {
		texts[name] = []byte(section + "\ntraffic: {users: {to: s0, rate: [{for: 30s, rate: 400/s}, {for: 10s, rate: 400/s..1200/s}, 3/s], headers: {user: 'zipf(1000, s=1.1)'}}}")
	}
	for name, text := range texts {
		if err := schema.Validate(plain(t, name, text)); err != nil {
			t.Errorf("%s: %#v\n%s", name, err, text)
		}
	}
}

func TestSchemaRefusesWhatTheDecoderRefuses(t *testing.T) {
	schema := compiled(t)
	for name, text := range map[string]string{
		"unknown section":       "trafic: {}\n" + users,
		"unknown key":           "services: {web: {latancy: 1ms}}\n" + users,
		"fraction":              "services: {web: {replicas: 1.5}}\n" + users,
		"below the bound":       "services: {web: {replicas: 0}}\n" + users,
		"no traffic":            "services: {web: {}}",
		"capital name":          "services: {Web: {}}\n" + users,
		"duration, no unit":     "duration: 5\n" + users,
		"word of no enum":       "mesh: {proxies: sidecars}\n" + users,
		"unknown balancer":      "policies: [{load_balancer: rnadom}]\n" + users,
		"another kind's knob":   "policies: [{load_balancer: {policy: random, choice_count: 2}}]\n" + users,
		"two faults in one":     "faults: [{at: 1s, crash: {service: a}, slow: {service: a, by: 1s}}]\n" + users,
		"fault without a knob":  "faults: [{at: 1s, slow: {service: a}}]\n" + users,
		"fault without a time":  "faults: [{crash: {service: a}}]\n" + users,
		"ratio above 1":         "network: {same_zone: {loss: 1.5}}\n" + users,
		"expectation, a number": "expect: [1]\n" + users,
	} {
		if err := schema.Validate(plain(t, name, []byte(text))); err == nil {
			t.Errorf("%s is valid by the schema:\n%s", name, text)
		}
	}
}

func TestSchemaDescribesEveryKey(t *testing.T) {
	var doc struct {
		Defs map[string]struct {
			Properties map[string]struct {
				Description string `json:"description"`
				Const       string `json:"const"`
			} `json:"properties"`
		} `json:"$defs"`
	}
	if err := json.Unmarshal(Schema(), &doc); err != nil {
		t.Fatal(err)
	}
	keys := 0
	for def, d := range doc.Defs {
		for key, p := range d.Properties {
			keys++
			if p.Description == "" && p.Const == "" {
				t.Errorf("%s.%s has no description", def, key)
			}
		}
	}
	if keys < 30 {
		t.Errorf("only %d keys", keys)
	}
}

func TestKindsListsEveryMenu(t *testing.T) {
	var whats []string
	for _, menu := range Kinds() {
		whats = append(whats, menu.What)
		if len(menu.Kinds) == 0 {
			t.Errorf("the menu of %s is empty", menu.What)
		}
		for _, kind := range menu.Kinds {
			for _, knob := range kind.Knobs {
				if knob.Doc == "" || knob.Type == "" && menu.What != "dialect" {
					t.Errorf("%s %s: %+v says too little", menu.What, kind.Name, knob)
				}
			}
		}
	}
	for _, want := range []string{"arrivals", "balancer", "fault", "distribution", "metric", "queue order", "dialect", "retry budget", "breaker", "back-off"} {
		if !slices.Contains(whats, want) {
			t.Errorf("no menu of %s among %s", want, strings.Join(whats, ", "))
		}
	}
}

func TestTheDistributionsListedAreRead(t *testing.T) {
	for _, d := range distributions {
		if _, err := chance.ParseDuration(d.Name); err != nil {
			t.Errorf("%s: %v", d.Name, err)
		}
	}
}
