package topologies

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/meshdyno/meshdyno/unit"
)

var update = flag.Bool("update", false, "write the golden files anew")

func readIsotope(t testing.TB, text string) *Import {
	t.Helper()
	im, err := ReadIsotope("graph.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return im
}

func shipped(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/isotope/*.yaml")
	if err != nil || len(files) != 14 {
		t.Fatalf("14 isotope files are expected, found %d (%v)", len(files), err)
	}
	return files
}

func load(t testing.TB, file string) *Import {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	im, err := ReadIsotope(filepath.Base(file), data)
	if err != nil {
		t.Fatal(err)
	}
	return im
}

func written(t testing.TB, im *Import) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := WriteScenario(&out, im, nil); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// What each shipped file holds, counted by other means than the parser's.
func TestEveryShippedGraphIsReadWhole(t *testing.T) {
	notes := map[string][]string{
		"canonical.yaml": {"canonical.yaml:4:3: numRbacPolicies is ignored: isotope's own parser reads no such key"},
		"chain-2-services-different-namespace.yaml": {
			"chain-2-services-different-namespace.yaml:7:3: namespace demo1 is not modelled: services are known by their names alone",
			"chain-2-services-different-namespace.yaml:11:7: hostname b.demo2.svc.cluster.local:8080 is not modelled: the call goes to the service",
			"chain-2-services-different-namespace.yaml:13:3: namespace demo2 is not modelled: services are known by their names alone",
		},
		"chain-2-services-different-cluster.yaml": {
			"chain-2-services-different-cluster.yaml:7:3: namespace demo1 is not modelled: services are known by their names alone",
			"chain-2-services-different-cluster.yaml:8:3: cluster cluster1 is kept as the zone of the service",
			"chain-2-services-different-cluster.yaml:12:7: hostname b.global:8080 is not modelled: the call goes to the service",
			"chain-2-services-different-cluster.yaml:14:3: namespace demo2 is not modelled: services are known by their names alone",
			"chain-2-services-different-cluster.yaml:15:3: cluster cluster2 is kept as the zone of the service",
		},
	}
	for _, file := range shipped(t) {
		im := load(t, file)
		text, _ := os.ReadFile(file)
		var calls, replicas int
		for _, s := range im.Services {
			certain(s.Endpoints[0].Steps, func(string) { calls++ })
			replicas += s.Replicas
		}
		if services := len(regexp.MustCompile(`(?m)^[- ] name: `).FindAll(text, -1)); len(im.Services) != services {
			t.Errorf("%s: %d services, want %d", file, len(im.Services), services)
		}
		if want := strings.Count(string(text), "call:"); calls != want {
			t.Errorf("%s: %d calls, want %d", file, calls, want)
		}
		if len(im.Entrypoints) != 1 {
			t.Errorf("%s: entry points %v, want one", file, im.Entrypoints)
		}
		var lines []string
		for _, n := range im.Notes {
			lines = append(lines, n.String())
		}
		if !slices.Equal(lines, notes[filepath.Base(file)]) {
			t.Errorf("%s: notes\n%s", file, strings.Join(lines, "\n"))
		}
	}
}

func TestEverythingIsReadOrNoted(t *testing.T) {
	golden(t, "everything.yaml", written(t, load(t, "testdata/everything-in-isotope.yaml")))
}

func TestCanonicalAsAScenario(t *testing.T) {
	golden(t, "canonical.yaml", written(t, load(t, "testdata/isotope/canonical.yaml")))
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata/written", name)
	if *update {
		if err := os.WriteFile(file, got, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s differs (%v); got\n%s", file, err, got)
	}
}

func TestWrongGraphsAreRefusedWithTheirPlaces(t *testing.T) {
	const one = "services: [{name: a, isEntrypoint: true, "
	for text, want := range map[string][]string{
		"":                                       {"graph.yaml: no services: an isotope graph begins like"},
		"# only a comment":                       {"graph.yaml: no services"},
		"services: []":                           {"1:11: no services"},
		"services: ~":                            {"1:1: no services"},
		"defaults: {}":                           {"1:1: no services"},
		"[]":                                     {"1:1: an isotope graph must be a mapping (got a list)"},
		"services: {a: {}}":                      {"1:11: services must be a list (got a mapping)"},
		"services: [a]":                          {`1:12: a service must be a mapping (got "a")`},
		"services: [{script: []}]":               {"1:12: a service needs a name"},
		"services: [{name: ~}]":                  {"1:12: a service needs a name"},
		"services: [{name: A}]":                  {"1:19: name must be a to z"},
		"services: [{name: [a]}]":                {"1:19: name must be one value (got a list)"},
		"services: [{name: a}, {name: a}]":       {"1:30: service a is here twice", "the first is in line 1"},
		one + "name: b}]":                        {`key "name" is here twice`},
		one + "Name: b}]":                        {`1:42: "Name" is here twice, in different case`},
		one + "numReplicas: 0}]":                 {"1:55: numReplicas must be a whole number from 1 to 1000000 (got \"0\")"},
		one + "numReplicas: 1.5}]":               {"numReplicas must be a whole number"},
		one + "numReplicas: 010}]":               {"some read this as octal"},
		one + "numReplicas: 1e400}]":             {"numReplicas must be a whole number"},
		one + "numReplicas: '2'}]":               {"numReplicas must be a whole number"},
		one + "errorRate: 2}]":                   {"errorRate must be a number from 0 to 1"},
		one + "errorRate: .nan}]":                {"errorRate must be a number from 0 to 1"},
		one + "errorRate: '0.1'}]":               {"errorRate must be a number from 0 to 1"},
		one + "errorRate: 101%}]":                {"errorRate must be a number from 0 to 1"},
		one + "errorRate: 1e-300}]":              {"errorRate must be a number from 0 to 1"},
		one + "responseSize: 1 XB}]":             {`responseSize: "1 XB" is no size (unknown unit`},
		one + "responseSize: -1}]":               {"responseSize must be a whole number from 0"},
		one + "responseSize: 1.5}]":              {"responseSize must be a whole number from 0"},
		one + "responseSize: -1k}]":              {"must not be negative"},
		one + "responseSize: 99999p}]":           {"too large"},
		one + "responseSize: nan k}]":            {"no number before the unit"},
		one + "type: tcp}]":                      {`unknown service type "tcp" (allowed http, grpc)`},
		one + "isEntrypoint: yes}]":              {"is here twice"},
		"services: [{name: a, isEntrypoint: on}": {"1:11"},
		"services: [{name: a, isEntrypoint: on}]": {
			`isEntrypoint must be true or false (got "on")`},
		one + "script: [{call: b}]}]":                              {`1:58: cannot call undefined service "b"; did you mean a?`},
		one + "script: [{sleep: 5}]}]":                             {`sleep: "5" is no duration; write 10ms`},
		one + "script: [{sleep: -5ms}]}]":                          {"must not be negative"},
		one + "script: [{sleep: 5 ms}]}]":                          {"is no duration"},
		one + "script: [{sleep: 200000h0m0s, call: a}]}]":          {"a command is sleep or call, one to each dash"},
		one + "script: [{sleep: 2000000h}]}]":                      {"at most 146 years"},
		one + "script: [{wait: 5ms}]}]":                            {`unknown command "wait" (allowed sleep, call)`},
		one + "script: [~]}]":                                      {"a command is sleep or call"},
		one + "script: [{call: {size: 5}}]}]":                      {"call needs the service"},
		one + "script: [{call: {service: a, probability: 101}}]}]": {"probability must be a whole number from 0 to 100"},
		one + "script: [[[{sleep: 1s}]]]}]":                        {"1:52: concurrent commands may not be nested"},
		one + "script: [{call: a}]}]":                              {"1:19: an endless circle of calls: a -> a"},
		"services: [{name: a, script: [{call: b}]}, {name: b, script: [{call: a}]}]": {
			"an endless circle of calls: a -> b -> a"},
		"services: [{name: a, script: [call: {service: b, probability: 1}]}, {name: b, script: [call: a]}]": {
			"1:11: no service is marked isEntrypoint, and each is called by another"},
		"services: [{name: a, numReplicas: 1000000}, {name: b}]": {"1:45: more than 1000000 replicas in all"},
		// all at once, in the order of the file
		"defaults: {type: x}\nservices:\n- name: payments\n  script: [{call: payment}, {call: 1_}]\n": {
			"1:18: unknown service type", "4:19: cannot call undefined service \"payment\"; did you mean payments?", "4:36: the service to call must be"},
	} {
		_, err := ReadIsotope("graph.yaml", []byte(text))
		if err == nil {
			t.Errorf("%s\nwas accepted", text)
			continue
		}
		rest := err.Error()
		for _, part := range want {
			at := strings.Index(rest, part)
			if at < 0 {
				t.Errorf("%s\ngave %v\nwant %q", text, err, part)
				break
			}
			rest = rest[at+len(part):]
		}
	}
}

// A default script stands in every service: what it costs is bounded.
func TestDefaultScriptsDoNotMultiplyWithoutBound(t *testing.T) {
	var text strings.Builder
	text.WriteString("defaults:\n  script:\n" + strings.Repeat("  - sleep: 1ms\n", 1000) + "services:\n")
	for i := range 600 {
		fmt.Fprintf(&text, "- name: s%d\n", i)
	}
	_, err := ReadIsotope("graph.yaml", []byte(text.String()))
	if err == nil || strings.Count(err.Error(), "\n") != 0 || !strings.Contains(err.Error(), "more than 500000 steps in all") {
		t.Errorf("600,000 steps: %v", err)
	}
}

func TestDockersSizes(t *testing.T) {
	for text, want := range map[string]int64{
		"0": 0, "32": 32, "32b": 32, "32B": 32, "32k": 32 << 10, "32K": 32 << 10, "32kb": 32 << 10, "32Kb": 32 << 10, "32Kib": 32 << 10,
		"32KiB": 32 << 10, "32Mb": 32 << 20, "32Gb": 32 << 30, "32Tb": 32 << 40, "32Pb": 32 << 50, "32.5kB": 33280, "32.5 kB": 33280,
		"1 KB": 1024, ".3kB": 307, "0.0001k": 0, "+5": 5,
	} {
		if got, err := ramInBytes(text); err != nil || got != want {
			t.Errorf("%q is %d (%v), want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "hello", "-32", "- 32", " ", "32  kb", "32 e", "32kbi", "1kib2", "infk", "1e400k", "5000p"} {
		if got, err := ramInBytes(text); err == nil {
			t.Errorf("%q was read as %d", text, got)
		}
	}
}

func TestTrafficGoesWhereItIsSent(t *testing.T) {
	im := readIsotope(t, "services: [{name: clients, isEntrypoint: true}, {name: b}, {name: c}]")
	var out bytes.Buffer
	if err := WriteScenario(&out, im, map[string]unit.Rate{"clients": 7, "c": 0.5, "b": 9}); err != nil {
		t.Fatal(err)
	}
	want := "traffic:\n  clients-clients: {to: clients, rate: 7/s}\n  clients-b: {to: b, rate: 9/s}\n  clients-c: {to: c, rate: 0.5/s}\n"
	if !strings.Contains(out.String(), want) {
		t.Errorf("got %s\nwant %s", out.String(), want)
	}
	err := WriteScenario(&out, im, map[string]unit.Rate{"client": 7})
	if err == nil || !strings.Contains(err.Error(), `no service "client" to send traffic to; did you mean clients?`) {
		t.Errorf("traffic to nowhere: %v", err)
	}
	if text := written(t, readIsotope(t, "services: [{name: clients}]")); !strings.Contains(string(text), "  clients-1: {to: clients, rate: 100/s}\n") {
		t.Errorf("a class is called like a service: %s", text)
	}
}

func TestScenariosAreNamedAfterTheirFile(t *testing.T) {
	for file, want := range map[string]string{
		"a/b/My Graph.v2.yaml": "my-graph-v2", `C:\graphs\x.yml`: "x", "-.yaml": "imported", "": "imported", "é.yaml": "imported",
		strings.Repeat("a", 80): strings.Repeat("a", 63),
	} {
		if got := scenarioName(file); got != want {
			t.Errorf("%q gives %q, want %q", file, got, want)
		}
	}
}

func BenchmarkReadIsotope(b *testing.B) {
	data, err := os.ReadFile("testdata/isotope/1000-svc_5000-end.yaml")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := ReadIsotope("1000-svc_5000-end.yaml", data); err != nil {
			b.Fatal(err)
		}
	}
}
