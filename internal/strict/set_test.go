package strict

import (
	"reflect"
	"strings"
	"testing"
)

const tiny = `
town: kiel
streets:
  main: {houses: 3, walk: [{stroll: 5ms}, [{stroll: 1s}]]}
guard: dog
visits: 3
events: [{at: 1s, dog: {bark: 3s}}]
square: 4
mottoes: {a: 5s}
`

// set decodes the tiny town after some assignments.
func set(t *testing.T, known Names, assignments ...string) (w town, err error) {
	t.Helper()
	tree, err := Parse("f.yaml", []byte(tiny))
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range assignments {
		if err := tree.Set(&town{}, a, known); err != nil {
			return w, err
		}
	}
	err = tree.Decode(&w)
	return w, err
}

func TestSetIsAsIfTheFileHadSaidIt(t *testing.T) {
	for _, c := range []struct{ assignments, same, why string }{
		{"town=bonn", strings.Replace(tiny, "kiel", "bonn", 1), "a plain key"},
		{"seed=9", tiny + "seed: 9\n", "a key that was not there"},
		{"streets.main.houses=5", strings.Replace(tiny, "houses: 3", "houses: 5", 1), "below a name"},
		{"streets.side={}", strings.Replace(tiny, "guard:", "  side: {}\nguard:", 1), "the last name may be new"},
		{"streets.main.walk.0.stroll=7ms", strings.Replace(tiny, "stroll: 5ms", "stroll: 7ms", 1), "an index"},
		{"streets.main.walk.2.stroll=7ms", strings.Replace(tiny, "1s}]]", "1s}], {stroll: 7ms}]", 1), "the index after the last appends"},
		{"streets.main.walk.1.steps.0.stroll=2s", strings.Replace(tiny, "stroll: 1s", "stroll: 2s", 1), "a bare list is written out"},
		{"square.tree=elm", strings.Replace(tiny, "square: 4", "square: {benches: 4, tree: elm}", 1), "a bare number is written out"},
		{"visits.0.for=2s", strings.Replace(tiny, "visits: 3", "visits: [{count: 3, for: 2s}]", 1), "a lone element is written out"},
		{"guard.bark=2s", strings.Replace(tiny, "guard: dog", "guard: {kind: dog, bark: 2s}", 1), "a bare kind is written out"},
		{"guard.bark=2s guard.kind=goose", strings.Replace(tiny, "guard: dog", "guard: goose", 1), "another kind forgets the old one's settings"},
		{"keeper.bark=2s", tiny + "keeper: {kind: dog, bark: 2s}\n", "the usual kind need not be named"},
		{"keeper.bark=2s keeper.kind=goose", tiny + "keeper: goose\n", "and forgets its settings too"},
		{"keeper.bark=2s keeper.kind=dog", tiny + "keeper: {bark: 2s}\n", "unless it is named"},
		{"events.0.dog.bark=4s", strings.Replace(tiny, "bark: 3s", "bark: 4s", 1), "below a kind"},
		{"events.1={at: 9s, goose: {}}", strings.Replace(tiny, "3s}}]", "3s}}, {at: 9s, goose: {}}]", 1), "a value is YAML"},
		{"mottoes.a=6s", strings.Replace(tiny, "a: 5s", "a: 6s", 1), "a name whose value is a scalar"},
	} {
		var want town
		if _, err := Decode("want.yaml", []byte(c.same), &want); err != nil {
			t.Fatal(c.why, err)
		}
		var assignments []string
		if assignments = strings.Split(c.assignments, " "); strings.Contains(c.assignments, "{") {
			assignments = []string{c.assignments}
		}
		got, err := set(t, nil, assignments...)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: --set %s gives\n %+v\n want\n %+v\n error %v", c.why, c.assignments, got, want, err)
		}
	}
}

func TestSetErrors(t *testing.T) {
	known := Names{"streets": {"harbour"}}
	for assignment, want := range map[string]string{
		"seed":                           "--set seed: write --set PATH=VALUE, such as --set seed=2",
		"=3":                             `--set: the path "" has an empty key`,
		"a..b=3":                         `--set: the path "a..b" has an empty key`,
		`a."b=3`:                         `--set: the path "a.\"b" has a quote that is never closed`,
		"twon=x":                         `--set twon: unknown key "twon"; did you mean town?`,
		"streets.mian.houses=5":          `--set streets.mian.houses: unknown name "mian"; did you mean main?`,
		"streets.habour.houses=5":        `--set streets.habour.houses: unknown name "habour"; did you mean harbour?`,
		"streets.main.hoses=5":           `--set streets.main.hoses: unknown key "hoses"; did you mean houses?`,
		"streets.main.houses=1.5":        `--set streets.main.houses: houses must be a whole number from 1 to 1000 (got "1.5")`,
		"streets.main.houses.x=5":        `--set streets.main.houses.x: streets.main.houses has no keys below it (got "x")`,
		"streets.main.walk.x=5":          `--set streets.main.walk.x: streets.main.walk is a list: an index from 0 goes here (got "x")`,
		"streets.main.walk.9=5":          `--set streets.main.walk.9: streets.main.walk has 2 entries, counted from 0 (got index 9)`,
		"streets.harbour.walk.0=[]":      `--set streets.harbour.walk.0: the entries of streets.harbour.walk belong to the topology; set the whole list`,
		"guard.brk=1s":                   `--set guard.brk: unknown key "brk"; did you mean bark?`,
		"events.0.dgo.bark=1s":           `--set events.0.dgo.bark: unknown key "dgo"; did you mean dog?`,
		"events.1.at=1s":                 `--set events.1.at: which animal? one of the keys dog, goose is missing here`,
		"town=[1":                        `--set town: this '[' is never closed`,
		"town=":                          `--set town: there is no value after the =`,
		"town={a: 1, a: 2}":              `--set town: key "a" is here twice; the first is in line 1, column 2`,
		"square={tree: aok}":             `--set square: tree must be one of oak, elm, lime (got "aok"); did you mean oak?`,
		"town.\x1b[31m=2":                `--set town.\x1b[31m: town has no keys below it (got "\x1b[31m")`,
		"visits=[{count: 1}, {for: 1s}]": `--set visits: count is missing here (how many come)`,
	} {
		if _, err := set(t, known, assignment); err == nil || err.Error() != want {
			t.Errorf("--set %q:\n got  %v\n want %s", assignment, err, want)
		}
	}
}

func TestSetThroughAnAliasLeavesTheAnchorAlone(t *testing.T) {
	tree, err := Parse("f.yaml", []byte("streets: {a: &one {houses: 3}, b: *one}"))
	if err != nil {
		t.Fatal(err)
	}
	if err := tree.Set(town{}, "streets.b.houses=4", nil); err != nil {
		t.Fatal(err)
	}
	var w town
	if err := tree.Decode(&w); err != nil || w.Streets[0].Houses != 3 || w.Streets[1].Houses != 4 {
		t.Errorf("streets = %+v, %v", w.Streets, err)
	}
}

func TestPathsSplitAndJoin(t *testing.T) {
	for path, want := range map[string][]string{
		"a":                           {"a"},
		"services.web.endpoints./a.0": {"services", "web", "endpoints", "/a", "0"},
		`endpoints."/v1.2/x".errors`:  {"endpoints", "/v1.2/x", "errors"},
	} {
		got, err := SplitPath(path)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("SplitPath(%q) = %q, %v; want %q", path, got, err, want)
		}
		if back := JoinPath(got...); back != path {
			t.Errorf("JoinPath(%q) = %q, want %q", got, back, path)
		}
	}
}

func TestPosPointsAtValuesAndKeys(t *testing.T) {
	tree, err := Parse("f.yaml", []byte(tiny))
	if err != nil {
		t.Fatal(err)
	}
	if err := tree.Set(&town{}, "seed=3", nil); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"town":                        "f.yaml:2:7",
		"streets":                     "f.yaml:3:1",
		"streets.main":                "f.yaml:4:3",
		"streets.main.houses":         "f.yaml:4:18",
		"streets.main.walk.0.stroll":  "f.yaml:4:37",
		"streets.main.walk.1.steps.0": "f.yaml:4:44",
		"square.benches":              "f.yaml:8:9",
		"streets.main.nothing.to.see": "f.yaml:4:3",
		"seed":                        "--set seed",
		"visits.0.count":              "f.yaml:6:9",
	} {
		parts, _ := SplitPath(path)
		if got := tree.Pos(parts...).String(); got != want {
			t.Errorf("Pos(%s) = %s, want %s", path, got, want)
		}
	}
	if !tree.Has("square") || tree.Has("square", "x") != true || tree.Has("height") {
		t.Error("Has is wrong about square or height")
	}
}
