package strict

import (
	"fmt"
	"strings"
	"testing"
)

// Every line of broken is a file and the errors it must give, in order.
var broken = []struct{ name, text, want string }{
	{"unknown key", "twon: x", `1:1: unknown key "twon"; did you mean town?`},
	{"unknown key, nothing near", "zzz: x", `1:1: unknown key "zzz" (allowed town, about, seed, height, opening, lights, streets, zones, guard, keeper, visits, events, square, mottoes)`},
	{"doubled key", "seed: 1\ntown: x\nseed: 2", `3:1: key "seed" is here twice; the first is in line 1, column 1`},
	{"doubled name", "streets: {a: {}, a: {}}", `1:18: key "a" is here twice; the first is in line 1, column 11`},
	{"doubled key in quotes", "seed: 1\n'seed': 2", `2:1: key "seed" is here twice; the first is in line 1, column 1`},
	{"self-referring anchor", "zones: &a [*a]", `1:12: the alias "*a" stands inside the value that it repeats`},
	{"alias to nothing", "town: x\nabout: *b", `2:1: YAML: unknown anchor 'b' referenced`},
	{"merge key", "square: &s {benches: 1}\nguard: {<<: *s}", "2:8: kind is missing here: which animal (have dog, goose)\n2:9: merge keys (<<) are not read; write the keys out, or use an alias for a whole value"},
	{"tab", "streets:\n\tmain: {}", `2:1: tabs are not allowed for indentation; use spaces`},
	{"tab after spaces", "streets:\n  main: {}\n  \tside: {}", `3:3: tabs are not allowed for indentation; use spaces`},
	{"a fraction for a whole number", "streets: {a: {houses: 1.5}}", `1:23: houses must be a whole number from 1 to 1000 (got "1.5")`},
	{"octal", "seed: 010", `1:7: seed must be a whole number (got "010"); some read this as octal: write 8 or 10`},
	{"new octal", "seed: 0o10", `1:7: seed must be a whole number (got "0o10")`},
	{"hexadecimal", "seed: 0x10", `1:7: seed must be a whole number (got "0x10")`},
	{"underscore", "seed: 1_000", `1:7: seed must be a whole number (got "1_000"); leave the _ out`},
	{"exponent", "seed: 1e3", `1:7: seed must be a whole number (got "1e3"); write 1000`},
	{"negative", "seed: -1", `1:7: seed must be a whole number (got "-1")`},
	{"too large", "seed: 18446744073709551616", `1:7: seed must be a whole number (got "18446744073709551616"): that is too large`},
	{"number in quotes", `seed: "3"`, `1:7: seed must be a whole number (got the text "3"); leave the quotes out`},
	{"not a number", "height: .nan", `1:9: height must be a number of at most 9000 (got ".nan")`},
	{"infinite", "height: -.inf", `1:9: height must be a number of at most 9000 (got "-.inf")`},
	{"overflow", "height: 1e400", `1:9: height must be a number of at most 9000 (got "1e400"): that is too large`},
	{"above the bound", "height: 9001", `1:9: height must be at most 9000 (got "9001")`},
	{"octal fraction", "height: 010", `1:9: height must be a number of at most 9000 (got "010"); some read this as octal: write 8 or 10`},
	{"unit with a space", "opening: 5 msec", `1:10: opening: no time "5 msec" (write 5ms)`},
	{"below the bound", "opening: 0s", `1:10: opening must be at least 1s (got "0s")`},
	{"no", "lights: no", `1:9: lights must be true or false (got "no"); true and false are the only words for it`},
	{"on", "lights: on", `1:9: lights must be true or false (got "on"); true and false are the only words for it`},
	{"y", "lights: y", `1:9: lights must be true or false (got "y"); true and false are the only words for it`},
	{"True", "lights: True", `1:9: lights must be true or false (got "True"); true and false are the only words for it`},
	{"~ for a name", "town: ~", `1:7: town must have a value (got ~); put it in quotes if you mean the text`},
	{"null for a name", "town: null", `1:7: town must have a value (got null); put it in quotes if you mean the text`},
	{"nothing for a name", "town:\nseed: 1", `1:6: town has no value; give it one or leave the key out`},
	{"null for a key", "streets: {~: {}}", `1:11: a key must be a word (got ~); put it in quotes if you mean the text`},
	{"escape in a name", `town: "\u001b[31m"`, `1:7: "\x1b[31m" is not allowed here (allowed a to z, 0 to 9, - and _ inside, 63 characters at most)`},
	{"capital in a key", "streets: {Main: {}}", `1:11: "Main" is not allowed here (allowed a to z, 0 to 9, - and _ inside, 63 characters at most)`},
	{"direction mark", "town: \"\u202egnp.exe\"", `1:7: "\u202egnp.exe" is not allowed here (allowed a to z, 0 to 9, - and _ inside, 63 characters at most)`},
	{"raw escape", "about: \x1b[31m", `1:8: control character U+001B in the file; in a quoted text write \x1b`},
	{"zero byte", "town: x\nabout: a\x00b", `2:9: control character U+0000 in the file; in a quoted text write \x00`},
	{"Latin-1", "about: caf\xe9", `1:11: the file is not UTF-8 text (byte 0xe9)`},
	{"python tag", "town: !!python/object:os.system ls", `1:7: the tag "!!python/object:os.system" is not allowed here; leave it out`},
	{"binary tag", "town: !!binary aGFsbG8=", `1:7: the tag "!!binary" is not allowed here; leave it out`},
	{"own tag", "town: !town x", `1:7: the tag "!town" is not allowed here; leave it out`},
	{"tag of another kind", "zones: !!map []", `1:8: the tag "!!map" is not allowed here; leave it out`},
	{"open bracket", "town: x\nzones: [a, b", `2:8: this '[' is never closed`},
	{"open brace in a list", "events:\n  - {at: 1s, dog: {bark: 1s}\n  - {at: 2s}\n", `2:5: this '{' is never closed`},
	{"wrong bracket", "zones: [a}", `1:10: '}' does not close the '[' of line 1, column 8 (allowed ])`},
	{"open quote", "town: x\nabout: \"abc\nseed: 1\n", `2:8: this quote is never closed`},
	{"bad indentation", "streets:\n    a: {}\n  b: {}\n", `3:3: expected KEY: VALUE here, at the indentation of its neighbours (did not find expected key)`},
	{"two colons", "town: a: b", `1:1: a second ": " on one line; put a value that holds ": " in quotes`},
	{"reserved character", "town: x\nabout: @home", `2:1: a value may not begin with this character; put it in quotes`},
	{"two documents", "town: a\n---\ntown: b", `2:1: a second document begins here; a file holds one (leave --- out)`},
	{"a list for the whole", "- town", `1:1: the file must be a mapping with the keys town, about, seed, height, opening, lights, streets, zones, ... (got a list)`},
	{"a text for the whole", "town", `1:1: the file must be a mapping with the keys town, about, seed, height, opening, lights, streets, zones, ... (got "town")`},
	{"a word of no enum", "square: {tree: aok}", `1:16: tree must be one of oak, elm, lime (got "aok"); did you mean oak?`},
	{"a word of no enum in a list", "zones: [north, soth]", `1:16: an entry of zones must be one of north, south (got "soth"); did you mean south?`},
	{"a word for a list", "zones: north", `1:8: zones must be a list (got "north"); write [north]`},
	{"a mapping for a list", "events: {at: 1s}", `1:9: events must be a list (got a mapping); put a dash before each entry`},
	{"a list for names", "streets: [a]", `1:10: streets must be a mapping from names to their settings (got a list)`},
	{"a list for a text", "town: [a]", `1:7: town must be a text (got a list)`},
	{"a mapping for a text type", "opening: {a: 1}", `1:10: opening must be one value (got a mapping)`},
	{"a list for a struct", "square: [1]", `1:9: square must be a mapping with the keys benches, tree, or just its benches (got a list)`},
	{"missing", "visits: [{for: 1s}]", `1:10: count is missing here (how many come)`},
	{"unknown kind", "guard: dgo", `1:8: unknown animal "dgo": did you mean dog? (have dog, goose)`},
	{"unknown kind in a mapping", "guard: {kind: cat}", `1:15: unknown animal "cat" (have dog, goose)`},
	{"kind left out", "guard: {bark: 1s}", `1:8: kind is missing here: which animal (have dog, goose)`},
	{"a setting that the usual kind does not have", "keeper: {brk: 1s}", `1:10: unknown key "brk"; did you mean bark?`},
	{"a kind without a name", "keeper: {kind: , bark: 1s}", `1:16: kind must name a animal (got nothing, have dog, goose)`},
	{"another kind's setting", "guard: {kind: goose, bark: 1s}", `1:22: unknown key "bark": goose has no settings`},
	{"a misspelt setting", "guard: {kind: dog, brk: 1s}", `1:20: unknown key "brk"; did you mean bark?`},
	{"kind by key, unknown", "events: [{at: 1s, dgo: {}}]", `1:19: unknown animal "dgo": did you mean dog? (have dog, goose)`},
	{"kind by key, doubled", "events: [{at: 1s, dog: {}, goose: {}}]", `1:28: a second animal in one entry: it already has "dog"; write two entries`},
	{"kind by key, left out", "events: [{at: 1s}]", `1:10: which animal? one of the keys dog, goose is missing here`},
	{"kind by key, without a value", "events: [{at: 1s, dog: }]", `1:24: dog has no value; give it one or leave the key out`},
	{"a check", "streets: {a: {walk: [{stroll: 1s, steps: []}]}}", `1:22: a walk is exactly one of stroll, steps`},
	{"a list in flow brackets as a key", "{[a]: b}", `1:2: a key must be a word (got a list); a value that begins with [ or { and goes on needs quotes`},
}

func TestBrokenFiles(t *testing.T) {
	for _, c := range broken {
		t.Run(c.name, func(t *testing.T) {
			var w town
			_, err := Decode("f.yaml", []byte(c.text), &w)
			if err == nil {
				t.Fatalf("%q was accepted: %+v", c.text, w)
			}
			want := "f.yaml:" + strings.ReplaceAll(c.want, "\n", "\nf.yaml:")
			if err.Error() != want {
				t.Errorf("%q\n got  %s\n want %s", c.text, err, want)
			}
		})
	}
}

func TestAllErrorsComeAtOnce(t *testing.T) {
	var text strings.Builder
	text.WriteString("streets:\n")
	for i := range 30 {
		fmt.Fprintf(&text, "  s%d: {houses: x}\n", i)
	}
	var w town
	_, err := Decode("f.yaml", []byte(text.String()), &w)
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != 21 || lines[20] != "... and 10 more" {
		t.Errorf("%d lines, the last %q; want 20 errors and a line that counts the rest", len(lines), lines[len(lines)-1])
	}
	for i, line := range lines[:20] {
		if want := fmt.Sprintf("f.yaml:%d:", i+2); !strings.HasPrefix(line, want) {
			t.Errorf("error %d is %q, want it in the order of the file", i, line)
		}
	}
}

func TestErrorsNeverReachATerminalRaw(t *testing.T) {
	for _, evil := range []string{"\x1b[31m", "a\nb", "\u202e", "\u200b", "\x9b", "\xff"} {
		for _, shown := range []string{Safe(evil), Show(evil), (&Error{Pos{File: evil}, evil}).Error()} {
			if strings.ContainsAny(shown, "\x1b\n\u202e\u200b") || strings.ContainsFunc(shown, hidden) {
				t.Errorf("%q is shown as %q", evil, shown)
			}
		}
	}
	if got := Show(strings.Repeat("é", 100)); got != `"`+strings.Repeat("é", 60)+`..."` {
		t.Errorf("a long text is shown as %s", got)
	}
}
