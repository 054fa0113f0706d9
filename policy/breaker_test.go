package policy_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

// TestBreakers plays the files of testdata/breakers, as TestConversations does
// with those of calls. What is heard is when a breaker's phase changes, and what
// it lets out. The verbs:
//
//	breaker              a fresh one; the lines that follow are its settings
//	good N, bad N        so many attempts go out, one after another, and end so at once
//	out NAME...          attempts go out, and do not end yet
//	end NAME good|bad|gone
//	advance DURATION     time passes
//	look                 somebody looks at it
func TestBreakers(t *testing.T) {
	playAll(t, "breakers", func(t *testing.T) func(block string) string {
		return (&breakerTalk{t: t}).tell
	})
}

type breakerTalk struct {
	t     *testing.T
	now   mesh.Time
	b     policy.Breaker
	phase policy.Phase
	out   map[string]uint32
	heard strings.Builder
}

func (d *breakerTalk) say(format string, args ...any) { fmt.Fprintf(&d.heard, format+"\n", args...) }

func (d *breakerTalk) tell(block string) string {
	d.heard.Reset()
	lines := strings.Split(block, "\n")
	for i, line := range lines {
		words := strings.Fields(line)
		if len(words) == 0 || words[0] == "#" {
			continue
		}
		if words[0] == "breaker" {
			r := rule(d.t, "breaker:\n  "+strings.Join(lines[i+1:], "\n  "))
			d.b, d.now, d.phase, d.out = r.Breaker.Settings.New(), 0, policy.Flows, map[string]uint32{}
			break
		}
		if err := d.do(words[0], words[1:]); err != nil {
			d.t.Fatalf("%s: %v", line, err)
		}
	}
	return strings.TrimRight(d.heard.String(), "\n")
}

func (d *breakerTalk) do(verb string, words []string) error {
	switch verb {
	case "good", "bad":
		n := 1
		if len(words) > 0 {
			fmt.Sscan(words[0], &n)
		}
		d.several(verb, n)
	case "out":
		for _, name := range words {
			d.goOut(name)
		}
	case "end":
		d.end(words[0], words[1])
	case "advance":
		by, err := time.ParseDuration(words[0])
		d.now = d.now.Add(by)
		return err
	case "look":
		d.look()
		d.say("%v it %v, and lets one out: %v", d.now, d.phase, d.b.Admits(d.now))
	default:
		return errors.New("no such verb")
	}
	return nil
}

func (d *breakerTalk) several(how string, n int) {
	refused := 0
	for range n {
		d.look()
		if !d.b.Admits(d.now) {
			refused++
			continue
		}
		ticket := d.b.Began(d.now)
		d.ended(ticket, how)
	}
	if refused > 0 {
		d.say("%v %d of %d are refused", d.now, refused, n)
	}
}

func (d *breakerTalk) goOut(name string) {
	d.look()
	if !d.b.Admits(d.now) {
		d.say("%v %s is refused", d.now, name)
		return
	}
	d.out[name] = d.b.Began(d.now)
	d.look()
}

func (d *breakerTalk) end(name, how string) {
	ticket, ok := d.out[name]
	if !ok {
		d.t.Fatalf("%s is not out", name)
	}
	delete(d.out, name)
	d.ended(ticket, how)
}

func (d *breakerTalk) ended(ticket uint32, how string) {
	dice := dice(1)
	d.b.Ended(d.now, ticket, map[string]policy.Verdict{"good": policy.Good, "bad": policy.Bad, "gone": policy.Gone}[how], &dice)
	d.look()
}

// look says when the phase has changed.
func (d *breakerTalk) look() {
	if p := d.b.Phase(d.now); p != d.phase {
		d.phase = p
		d.say("%v it %v", d.now, p)
	}
}

// TestEveryBreaker holds each row of the menu to what all promise, against a
// naive account of what is out, in random orders of events.
func TestEveryBreaker(t *testing.T) {
	for _, row := range policy.Breakers.Rows() {
		t.Run(row.Name, func(t *testing.T) {
			t.Run("a fresh one flows", func(t *testing.T) {
				if b := row.New().New(); b.Phase(0) != policy.Flows || !b.Admits(0) || b.ChangesAt() != mesh.Never {
					t.Error("it does not")
				}
			})
			t.Run("successes never shut it", func(t *testing.T) { staysOpen(t, row.New().New(), policy.Good) })
			t.Run("nor does giving up", func(t *testing.T) { staysOpen(t, row.New().New(), policy.Gone) })
			t.Run("failures shut it, and a success lets it flow again", func(t *testing.T) { shutsAndFlows(t, row.New().New()) })
			t.Run("any order of events", func(t *testing.T) {
				for seed := range uint64(200) {
					wander(t, row.New().New(), seed)
				}
			})
			t.Run("no event allocates", func(t *testing.T) { lean(t, row.New().New()) })
		})
	}
}

func staysOpen(t *testing.T, b policy.Breaker, v policy.Verdict) {
	d := dice(1)
	for now := mesh.Time(0); now < 100*second; now += second / 20 {
		if !b.Admits(now) {
			t.Fatalf("refused at %v", now)
		}
		b.Ended(now, b.Began(now), v, &d)
	}
}

// shutsAndFlows waits for ChangesAt and tries again until it flows.
func shutsAndFlows(t *testing.T, b policy.Breaker) {
	d, now := dice(1), mesh.Time(0)
	for n := 0; b.Phase(now) == policy.Flows; n++ {
		if b.Ended(now, b.Began(now), policy.Bad, &d); n > 200 {
			t.Fatal("two hundred failures do not shut it")
		}
		now += second / 100
	}
	if b.Phase(now) != policy.Shut || b.Admits(now) || b.ChangesAt() <= now || b.ChangesAt() == mesh.Never {
		t.Fatalf("it %v, and will let one out at %v", b.Phase(now), b.ChangesAt())
	}
	at := b.ChangesAt()
	if b.Admits(at-1) || !b.Admits(at) {
		t.Errorf("it was to let one out at %v and not before", at)
	}
	for n := 0; b.Phase(at) != policy.Flows; n++ {
		if n > 10 || !b.Admits(at) {
			t.Fatalf("after %d successes it %v", n, b.Phase(at))
		}
		b.Ended(at, b.Began(at), policy.Good, &d)
	}
}

// wander lets attempts go out and end in any order. However it went, the breaker
// lets attempts out in the end: no probe is lost.
func wander(t *testing.T, b policy.Breaker, seed uint64) {
	d, now := dice(seed), mesh.Time(0)
	var out []uint32
	for range 600 {
		switch before, at := b.Admits(now), b.ChangesAt(); d.IntN(4) {
		case 0:
			later := now.Add(time.Duration(d.IntN(3000)) * time.Millisecond)
			if later < at && b.Admits(later) != before {
				t.Fatalf("at %v it admits: %v, at %v not, and it was to change at %v", now, before, later, at)
			}
			now = later
		case 1, 2:
			if before {
				out = append(out, b.Began(now))
			}
		default:
			if len(out) > 0 {
				i := d.IntN(len(out))
				b.Ended(now, out[i], policy.Verdict(min(d.IntN(8), 2)), &d) // mostly gone, lest it never probes
				out = append(out[:i], out[i+1:]...)
			}
		}
	}
	for _, ticket := range out {
		b.Ended(now, ticket, policy.Gone, &d)
	}
	if now = now.Add(time.Hour); !b.Admits(now) {
		t.Fatalf("seed %d: nothing is under way for an hour, and it refuses", seed)
	}
}

func lean(t *testing.T, b policy.Breaker) {
	d, now := dice(1), mesh.Time(0)
	if n := testing.AllocsPerRun(2000, func() {
		now += second / 9
		if b.Admits(now) {
			b.Ended(now, b.Began(now), policy.Bad, &d)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
