package scenarios

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// inARow is n services, each with these steps towards the next.
func inARow(n int, steps string) string {
	var b strings.Builder
	b.WriteString("services:\n")
	for i := range n - 1 {
		fmt.Fprintf(&b, "  s%d: {endpoints: {/: {steps: [%s]}}}\n", i, strings.ReplaceAll(steps, "NEXT", fmt.Sprintf("s%d", i+1)))
	}
	fmt.Fprintf(&b, "  s%d: {}\ntraffic: {users: {to: s0, rate: 1/s}}\n", n-1)
	return b.String()
}

func TestCallsThatMultiplyAreWarnedOf(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"twice, 60 times over", inARow(60, "{call: NEXT}, {call: NEXT}"), "traffic.users.to: one request leads to 1.2e+18 calls on average (10000 and more are slow to run, or too many to hold): s0 -> s1 -> s2 -> s3 -> s4 -> s5 -> s6 -> s7 -> s8 -> s9 -> ... -> s59"},
		{"twice at once", inARow(20, "{parallel: [{call: NEXT}, {call: NEXT}]}"), "one request leads to 1048574 calls"},
		{"more than a double holds", inARow(60, "{repeat: {times: 1000000, steps: [{call: NEXT}, {call: NEXT}]}}"), "one request leads to 1.8e+308 calls"},
		{"twice, 12 times over", inARow(13, "{call: NEXT}, {call: NEXT}"), ""},
		{"half of the time", inARow(60, "{call: {to: NEXT, chance: 50%}}, {call: {to: NEXT, chance: 50%}}"), ""},
		{"one of two branches", inARow(60, "{choose: [{chance: 50%, steps: [{call: NEXT}]}, {chance: 50%, steps: [{call: NEXT}]}]}"), ""},
		{"a cycle that goes on for long", "services: {a: {endpoints: {/: {steps: [{call: {to: a, chance: 0.99999}}]}}}}\ntraffic: {users: {to: a, rate: 1/s}}\n", "one request leads to 999"},
		{"a cycle that does not", "services: {a: {endpoints: {/: {steps: [{call: {to: b, chance: 0.9}}]}}}, b: {endpoints: {/: {steps: [{call: a}]}}}}\ntraffic: {users: {to: a, rate: 1/s}}\n", ""},
	} {
		began := time.Now()
		s, err := Load("t.yaml", []byte(c.text), LoadOptions{})
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if took := time.Since(began); took > time.Second {
			t.Errorf("%s took %v", c.name, took)
		}
		if got := strings.Join(s.Warnings, "\n"); !strings.Contains(got, c.want) || c.want == "" && got != "" {
			t.Errorf("%s:\n got  %s\n want %s", c.name, got, c.want)
		}
	}
}
