package strict

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// laughs is the billion laughs: each of levels anchors holds nine of the last.
func laughs(levels int) string {
	text := "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
	for i := 1; i < levels; i++ {
		text += fmt.Sprintf("a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 9), ", "))
	}
	return text
}

// hostile texts are made to cost their reader dear.
var hostile = []struct{ name, text, want string }{
	{"200 KB of [", strings.Repeat("[", 200_000), "nested deeper than 64 levels"},
	{"16 MiB of [", strings.Repeat("[", MaxFile), "more than 500,000 values"},
	{"{ and [ closed", strings.Repeat("[", 5000) + strings.Repeat("]", 5000), "nested deeper than 64 levels"},
	{"deep keys", strings.Repeat("{a: ", 9000), "nested deeper than 64 levels"},
	{"deep dashes", strings.Repeat("- ", 9000), "nested deeper than 64 levels"},
	{"deep question marks", strings.Repeat("? ", 9000), "nested deeper than 64 levels"},
	{"a stair of keys", stair(5000), "nested deeper than 64 levels"},
	{"billion laughs", laughs(10), "with its aliases followed, the file has more than 500,000 values"},
	{"100,000 anchors", "a: [" + strings.Repeat("&a 1,", 100_000) + "]", "more than 10,000 anchors and aliases"},
	{"11,000 aliases", "a: &a 1\nb: [" + strings.Repeat("*a ,", 11_000) + "]", "more than 10,000 anchors and aliases"},
	{"a chain of aliases", chain(70), "nested deeper than 64 levels, with aliases followed"},
	{"600,000 entries", "a: [" + strings.Repeat("1,", 600_000) + "]", "more than 500,000 values"},
	{"8 million entries", "[" + strings.Repeat("1,", 8_000_000) + "]", "more than 500,000 values"},
	{"4 million keys", "{" + strings.Repeat("a,", 4_000_000) + "}", "more than 500,000 values"},
	{"3 million pairs", "[" + strings.Repeat("a: b,", 3_000_000) + "]", "more than 500,000 values"},
	{"brackets in quotes", `{"[[": x, ` + strings.Repeat("a,", 4_000_000) + "}", "more than 500,000 values"},
	{"240,000 keys alike", strings.Repeat("a: 3\n", 240_000), `key "a" is here twice`},
	{"16 MiB of an open quote", `a: "` + strings.Repeat("a ", MaxFile/2-10), "this quote is never closed"},
	{"16 MiB of open parentheses", "a: " + strings.Repeat("a(", MaxFile/2-10), ""},
	{"16 MiB of spaces", strings.Repeat(" ", MaxFile), "the file is empty"},
	{"too large", strings.Repeat("#", MaxFile+1), "larger than 16 MiB"},
}

func stair(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}

func chain(n int) string {
	text := "a0: &a0 [x]\n"
	for i := 1; i < n; i++ {
		text += fmt.Sprintf("a%d: &a%d [*a%d]\n", i, i, i-1)
	}
	return text
}

func TestHostileTextIsCheap(t *testing.T) {
	for _, c := range hostile {
		t.Run(c.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			var w town
			_, err := Decode("f.yaml", []byte(c.text), &w)
			runtime.ReadMemStats(&after)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %.200v, want %q", err, c.want)
			}
			// All that was ever allocated bounds what was held at once.
			if spent := after.TotalAlloc - before.TotalAlloc; spent > 512<<20 {
				t.Errorf("allocated %d MiB in all", spent>>20)
			}
		})
	}
}

func TestHalfAMillionValuesAreAccepted(t *testing.T) {
	text := "zones: [" + strings.Repeat("north,", MaxNodes-10) + "]"
	var w town
	if _, err := Decode("f.yaml", []byte(text), &w); err != nil || len(w.Zones) != MaxNodes-10 {
		t.Errorf("%d zones, error %.200v", len(w.Zones), err)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
