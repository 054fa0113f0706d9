package scenarios

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"unicode"

	"github.com/meshdyno/meshdyno/internal/strict"
)

// FuzzLoad: whatever the text, loading ends, without a panic, in a scenario or
// in errors that have a place; and what loads, loads the same again.
func FuzzLoad(f *testing.F) {
	for _, name := range Names() {
		text, _ := Source(name)
		f.Add(text)
	}
	f.Add([]byte(least))
	for _, c := range refused {
		f.Add([]byte(c.text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) > 64<<10 {
			return
		}
		one, err := Load("f.yaml", text, LoadOptions{})
		if err != nil {
			checkErrors(t, err)
			return
		}
		two, err := Load("f.yaml", text, LoadOptions{})
		if err != nil {
			t.Fatalf("loads once and not twice: %v", err)
		}
		if !reflect.DeepEqual(one, two) {
			t.Fatalf("loads as\n%+v\nand then as\n%+v", one, two)
		}
	})
}

// FuzzSet: whatever is assigned, loading ends without a panic, and errors are
// safe to show.
func FuzzSet(f *testing.F) {
	for _, set := range []string{
		"seed=2", "services.web.queue.timeout=1s", `services."web".endpoints./buy.steps.0.call.chance=50%`, "policies.0={to: web}",
		"traffic.users.rate.0.for=1s", "traffic.users.arrivals.kind=constant", "faults.0.slow.by=1s", "topology=chain(2)", "a..b=[", "=",
	} {
		f.Add(set)
	}
	f.Fuzz(func(t *testing.T, set string) {
		s, err := Load("f.yaml", []byte(pair+users), LoadOptions{Set: []string{set}})
		if err != nil {
			for _, line := range strings.Split(err.Error(), "\n") {
				if strings.ContainsFunc(line, func(r rune) bool { return !unicode.IsPrint(r) }) {
					t.Errorf("not safe to show: %q", line)
				}
			}
			return
		}
		if again, err := Load("f.yaml", s.Source, LoadOptions{}); err != nil || !reflect.DeepEqual(again.Services, s.Services) || !reflect.DeepEqual(again.Traffic, s.Traffic) {
			t.Fatalf("with --set %q the source is\n%s\nand reads as %+v, %v", set, s.Source, again, err)
		}
	})
}

func checkErrors(t *testing.T, err error) {
	t.Helper()
	var all strict.Errors
	if !errors.As(err, &all) || len(all) == 0 {
		t.Fatalf("not a list of errors: %T %v", err, err)
	}
	for _, line := range strings.Split(err.Error(), "\n") {
		if strings.ContainsFunc(line, func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Errorf("not safe to show: %q", line)
		}
	}
	for _, e := range all {
		if e.Pos.Line < 1 && !strings.Contains(e.Text, "16 MiB") {
			t.Errorf("no place: %v", e)
		}
	}
}

// bigMesh is a scenario of n services, each calling two further on.
func bigMesh(n int) []byte {
	var b strings.Builder
	b.WriteString("services:\n")
	for i := range n {
		fmt.Fprintf(&b, "  s%d:\n    replicas: 3\n    concurrency: 16\n    queue: {limit: 256, timeout: 2s}\n    endpoints:\n      /:\n        steps:\n          - work: lognormal(3ms, p99=12ms)\n", i)
		for _, to := range []int{20*i + 1, 20*i + 2} {
			if to < n {
				fmt.Fprintf(&b, "          - call: s%d\n", to)
			}
		}
	}
	b.WriteString("traffic: {users: {to: s0, rate: 100/s}}\n")
	return []byte(b.String())
}

func TestABigMeshLoads(t *testing.T) {
	s, err := Load("big.yaml", bigMesh(1000), LoadOptions{})
	if err != nil || len(s.Services) != 1000 {
		t.Fatalf("%v", err)
	}
}

func BenchmarkLoad1000Services(b *testing.B) {
	text := bigMesh(1000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Load("big.yaml", text, LoadOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}
