package reports

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/quick"

	"github.com/meshdyno/meshdyno/result"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares got with a file of testdata, or writes it with -update.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; see the change with -update and git diff. %s", path, firstDifference(got, want))
	}
}

func firstDifference(got, want []byte) string {
	was := strings.Split(string(want), "\n")
	for i, line := range strings.Split(string(got), "\n") {
		if i >= len(was) || line != was[i] {
			return fmt.Sprintf("The first line that differs is %d:\n%s", i+1, line)
		}
	}
	return "Lines are missing at the end."
}

func terminal(t *testing.T, name string, o TerminalOptions) string {
	t.Helper()
	for _, h := range handMade {
		if h.name == name {
			var b bytes.Buffer
			if err := Terminal(&b, h.make(), o); err != nil {
				t.Fatal(err)
			}
			return b.String()
		}
	}
	t.Fatalf("no hand-made result %q", name)
	return ""
}

func TestTerminalGolden(t *testing.T) {
	for _, h := range handMade {
		t.Run(h.name, func(t *testing.T) { golden(t, h.name+".txt", []byte(terminal(t, h.name, TerminalOptions{}))) })
	}
	golden(t, "faults.ascii.txt", []byte(terminal(t, "faults", TerminalOptions{ASCII: true})))
	golden(t, "faults.color.txt", []byte(terminal(t, "faults", TerminalOptions{Color: true})))
	golden(t, "replications.100.txt", []byte(terminal(t, "replications", TerminalOptions{Width: 100})))
}

func TestNoLineIsWiderThanThePage(t *testing.T) {
	for _, h := range handMade {
		for _, columns := range []int{0, 1, 76, 80, 100, 160, 1000} {
			for _, ascii := range []bool{false, true} {
				most := columns
				switch {
				case columns == 0:
					most = 80
				case columns < 76:
					most = 76
				case columns > 160:
					most = 160
				}
				for _, line := range strings.Split(terminal(t, h.name, TerminalOptions{Width: columns, ASCII: ascii}), "\n") {
					if width(line) > most {
						t.Errorf("%s at %d columns: %d in %q", h.name, columns, width(line), line)
					}
				}
			}
		}
	}
}

// Whatever a file puts into a name, the terminal sees printable characters and
// line ends only; with ASCII, only those below 127.
func TestNothingForeignReachesTheTerminal(t *testing.T) {
	for _, h := range handMade {
		for _, line := range strings.Split(terminal(t, h.name, TerminalOptions{}), "\n") {
			for _, r := range line {
				if !strconv.IsPrint(r) {
					t.Errorf("%s: %q in %q", h.name, r, line)
				}
			}
		}
		for _, r := range terminal(t, h.name, TerminalOptions{ASCII: true}) {
			if r > 126 || r < 32 && r != '\n' {
				t.Errorf("%s: %q in ASCII", h.name, r)
			}
		}
	}
}

func TestColourOnlyAddsColour(t *testing.T) {
	for _, h := range handMade {
		colour := terminal(t, h.name, TerminalOptions{Color: true})
		var b strings.Builder
		for i, piece := range strings.Split(colour, "\x1b[") {
			if i > 0 {
				_, piece, _ = strings.Cut(piece, "m")
			}
			b.WriteString(piece)
		}
		if b.String() != terminal(t, h.name, TerminalOptions{}) {
			t.Errorf("%s: the coloured page has other text", h.name)
		}
	}
}

func TestNoMeanWithoutSteadyState(t *testing.T) {
	text := terminal(t, "saturated", TerminalOptions{})
	if mean := duration(saturated().Traffic["shoppers"].Latency.Mean); strings.Contains(text, "391.6/s "+mean) || !strings.Contains(text, "no steady state: the queue grew to the end") {
		t.Errorf("saturated class:\n%s", text)
	}
}

func TestWhyNoTimeIsShown(t *testing.T) {
	for want, edges := range map[string][]*result.Edge{
		"nowhere: no call was made":                                     {{}, {}},
		"unknown: it is told of the calls that succeeded, and none did": {{Requests: 5}, {}},
		"nowhere: no call took any time":                                {{Requests: 5, Succeeded: 1}, {Requests: 3}},
	} {
		if got := noTime(edges); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestInterruptedIsSaidFirst(t *testing.T) {
	if text := terminal(t, "interrupted", TerminalOptions{}); !strings.HasPrefix(text, "interrupted: 7 of 30 replications") {
		t.Errorf("begins with %.60q", text)
	}
}

func TestTablesAreBounded(t *testing.T) {
	text := terminal(t, "huge", TerminalOptions{})
	if n := strings.Count(text, "\n"); n > 150 {
		t.Errorf("%d lines", n)
	}
	if !strings.Contains(text, "… and 988 more (--json has all)") {
		t.Error("does not say how many rows are left out")
	}
}

// Whatever is in a result, both reports hold what they promise.
func TestAnyResultCanBeTold(t *testing.T) {
	any := func(r result.Result) bool {
		maps.DeleteFunc(r.Traffic, func(_ string, t *result.Traffic) bool { return t == nil })
		maps.DeleteFunc(r.Services, func(_ string, s *result.Service) bool { return s == nil })
		r.Edges = slices.DeleteFunc(r.Edges, func(e *result.Edge) bool { return e == nil })
		var page, object bytes.Buffer
		if err := Terminal(&page, &r, TerminalOptions{}); err != nil {
			t.Error(err)
		}
		for _, line := range strings.Split(page.String(), "\n") {
			if width(line) > 80 {
				t.Errorf("%d columns: %q", width(line), line)
			}
		}
		if err := JSON(&object, &r); err != nil || !json.Valid(object.Bytes()) {
			t.Errorf("not an object: %v", err)
		}
		return !t.Failed()
	}
	if err := quick.Check(any, &quick.Config{MaxCount: 200, Rand: rand.New(rand.NewSource(1))}); err != nil {
		t.Error(err)
	}
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errors.New("broken") }

func TestAWriterThatFailsIsReported(t *testing.T) {
	for _, row := range Kinds.Rows() {
		if err := row.New().Write(brokenPipe{}, withFaults()); err == nil {
			t.Errorf("%s: no error", row.Name)
		}
	}
}
