package chance

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden draws anew")

// TestGoldenDraws pins the first draws of everything to a file. They are part of
// what a seed means: a change here changes every result, on some processor or
// on all.
func TestGoldenDraws(t *testing.T) {
	const path = "testdata/draws.txt"
	got := goldenDraws(t)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	gotLines, wantLines := strings.Split(got, "\n"), strings.Split(string(want), "\n")
	for i := range max(len(gotLines), len(wantLines)) {
		if i >= len(gotLines) || i >= len(wantLines) || gotLines[i] != wantLines[i] {
			t.Fatalf("line %d differs from %s (go test -update writes it anew):\ngot  %s\nwant %s",
				i+1, path, strings.Join(gotLines[i:min(i+1, len(gotLines))], ""), strings.Join(wantLines[i:min(i+1, len(wantLines))], ""))
		}
	}
}

func goldenDraws(t *testing.T) string {
	var out strings.Builder
	line := func(name string, draw func(s *Stream) any) {
		s := New(1, 0, "golden", name)
		fmt.Fprintf(&out, "%s:", name)
		for range 8 {
			fmt.Fprintf(&out, " %v", draw(&s))
		}
		fmt.Fprintln(&out)
	}
	line("bits", func(s *Stream) any { return s.Uint64() })
	line("below 1000", func(s *Stream) any { return s.IntN(1000) })
	line("float", func(s *Stream) any { return fmt.Sprintf("%x", s.Float64()) })
	line("exponential", func(s *Stream) any { return fmt.Sprintf("%x", s.Exp()) })
	line("normal", func(s *Stream) any { return fmt.Sprintf("%x", s.Normal()) })
	n := uint64(0)
	line("keyed", func(*Stream) any {
		n++
		s := Keyed(Mix(Key(1, 0, "golden", "keyed"), n))
		return s.Uint64()
	})
	line("name", func(*Stream) any { n++; return Name(fmt.Sprint("web-", n)) })
	for _, c := range menu {
		d := must(t, c.text)
		line(c.text, func(s *Stream) any { return d.Draw(s) })
	}
	d := must(t, "empirical(f.csv)")
	if err := d.SetFile(file("value,weight\n1ms,5\n2ms,3\n9ms,2\n")); err != nil {
		t.Fatal(err)
	}
	line("empirical", func(s *Stream) any { return d.Draw(s) })
	for _, c := range []string{"zipf(1000, s=1.1)", "zipf(1000000, s=1)", "uniform(100)"} {
		v := text(t, c)
		line("key "+c, func(s *Stream) any { return v.Draw(s) })
	}
	// The tails, where a million draws hardly come, summed over many.
	line("sums of 100000 exponentials", func(s *Stream) any { return sumOf(s.Exp) })
	line("sums of 100000 normals", func(s *Stream) any { return sumOf(s.Normal) })
	return out.String()
}

// sumOf adds in nothing but additions, which round alike everywhere.
func sumOf(draw func() float64) string {
	sum := 0.0
	for range 100_000 {
		sum += draw()
	}
	return fmt.Sprintf("%x", sum)
}
