package scenarios

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/meshdyno/meshdyno/internal/strict"
)

// TestSetReachesEveryKnob walks the types of a scenario file: every key of every
// section and of every row of every menu is set to something else than its
// default, by a --set, and must arrive in the settings; and something that it
// cannot be must be refused in words that name the --set.
func TestSetReachesEveryKnob(t *testing.T) {
	w := &knobWalk{seen: map[reflect.Type]int{}}
	w.structure(reflect.TypeFor[Scenario](), nil, nil)
	for _, k := range w.knobs {
		if why := k.reach(); why != "" {
			t.Errorf("--set %s=...: %s", k.where(), why)
		}
		if why := k.refuses(); why != "" {
			t.Errorf("--set %s=...: %s", k.where(), why)
		}
	}
	for _, row := range w.plain {
		if why := row.arrives(); why != "" {
			t.Errorf("--set %s: %s, want %v", row.before, why, row.row)
		}
	}
	if len(w.knobs) < 200 || len(w.plain) < 4 {
		t.Errorf("only %d knobs, and %d kinds without any, were found", len(w.knobs), len(w.plain))
	}
}

// plainRow is a row of a menu that has no knobs.
type plainRow struct {
	path   []string
	row    reflect.Type
	before []string
}

func (c *plainRow) arrives() (why string) {
	for _, ground := range grounds {
		s, err := loaded(ground, c.before...)
		if err != nil {
			why = err.Error()
			continue
		}
		if got, _ := found(s, c.path); reflect.TypeOf(got) != c.row {
			return fmt.Sprintf("%T arrived", got)
		}
		return ""
	}
	return why
}

// knob is one key that a value may be set at.
type knob struct {
	path   []string
	field  reflect.StructField
	before []string // assignments without which the key would mean nothing
	beside []string // assignments of its neighbours, of which it may need one
}

func (k *knob) where() string { return strict.JoinPath(k.path...) }

// grounds are scenarios to set a knob on; one of them has room for it.
var grounds = []string{
	ground("rate: 100/s"),
	ground("users: 30, think: 1s"),
	ground("method: GET"), // for arrivals that have a rate of their own
	strings.Replace(ground("rate: 100/s"), "web: {", "web: {subsets: {v1: 2}, ", 1),
	strings.NewReplacer("web: {", "web: {protocol: grpc, ", "db: {", "db: {protocol: grpc, ", "payments: {", "payments: {protocol: grpc").Replace(ground("rate: 100/s")),
}

func ground(traffic string) string {
	return "{services: {web: {zones: [a], endpoints: {/: {}}}, db: {subsets: {v1: 3}}, payments: {}}, traffic: {shoppers: {to: web, " + traffic + "}}}"
}

// files are what a knob may name.
func files(name string) ([]byte, error) {
	if strings.HasSuffix(name, ".csv") {
		return []byte("5ms\n7ms\n"), nil
	}
	return nil, errors.New("no such file")
}

func loaded(ground string, set ...string) (*Scenario, error) {
	return Load("ground.yaml", []byte(ground), LoadOptions{Set: set, Read: files})
}

// reach looks for a ground and a value with which the knob arrives, and says why
// there is none.
func (k *knob) reach() (why string) {
	for _, neighbour := range append([]string{""}, k.beside...) {
		before := k.before
		if neighbour != "" {
			before = append(before[:len(before):len(before)], neighbour)
		}
		for _, ground := range grounds {
			for _, value := range candidates(k.field, 0) {
				if why = k.arrives(ground, before, value); why == "" {
					return ""
				}
			}
		}
	}
	return why
}

// arrives sets the knob to a value and says what is wrong with what comes of it.
func (k *knob) arrives(ground string, before []string, value string) string {
	s, err := loaded(ground, append(before[:len(before):len(before)], k.where()+"="+value)...)
	if err != nil {
		return err.Error()
	}
	got, there := found(s, k.path)
	switch usual, was := usual(ground, before, k.path); {
	case !there:
		return value + " is nowhere in the scenario"
	case !same(got, value):
		return fmt.Sprintf("%v arrived in place of %s", got, value)
	case was && reflect.DeepEqual(usual, got):
		return value + " is its default"
	}
	return ""
}

// usual is what stands at a path when nobody sets it.
func usual(ground string, before, path []string) (any, bool) {
	s, err := loaded(ground, before...)
	if err != nil {
		return nil, false
	}
	return found(s, path)
}

// refuses tries what the knob cannot be.
func (k *knob) refuses() string {
	for _, value := range wrong(k.field) {
		refused := false
		for _, ground := range grounds {
			_, err := loaded(ground, append(k.before, k.where()+"="+value)...)
			if err == nil {
				return value + " is taken"
			}
			refused = refused || strings.Contains(err.Error(), "--set "+k.where()+": ")
		}
		if !refused {
			_, err := loaded(grounds[0], append(k.before, k.where()+"="+value)...)
			return fmt.Sprintf("the error for %s does not say where: %v", value, err)
		}
	}
	return ""
}
