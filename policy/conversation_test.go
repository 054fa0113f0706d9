package policy_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

// TestConversations plays the files of testdata/conversations. Each is a story
// in blocks: what the driver tells, a line ----, what it hears. The verbs:
//
//	upstream HOSTS [http2] [dials]  a fresh proxy; the lines that follow are its policy
//	begin NAME...               new calls
//	advance DURATION            time passes; calls are woken when they asked to be
//	late DURATION               time passes, and the driver sleeps
//	answer NAME ATTEMPT HOW     an attempt ended: ok, error, reset, timeout, ...
//	started NAME ATTEMPT        a host works on an attempt
//	cancel NAME                 the caller hung up
//	lost HOST                   every connection to a host broke
//	made CONN...                connections are made, where the upstream dials: c1,
//	closed CONN...              c2, ... as they were opened; or they are not, or no more
//	stats                       what is under way
func TestConversations(t *testing.T) {
	playAll(t, "conversations", func(t *testing.T) func(string) string { return (&driver{t: t}).tell })
}

// driver does what a proxy does around its calls, and writes it down.
type driver struct {
	t     *testing.T
	now   mesh.Time
	up    *policy.Upstream
	calls []*talk
	conns []policy.Conn // c1, c2, ...
	heard strings.Builder
}

// talk is one call and the moment it last asked to be woken at.
type talk struct {
	policy.Call
	name string
	wake mesh.Time
}

// tell plays one block and returns what is heard, without the last line's end.
func (d *driver) tell(block string) string {
	d.heard.Reset()
	lines := strings.Split(block, "\n")
	for i, line := range lines {
		words := strings.Fields(line)
		if len(words) == 0 || words[0] == "#" {
			continue
		}
		if words[0] == "upstream" {
			d.fresh(words[1:], strings.Join(lines[i+1:], "\n"))
			break
		}
		if err := d.do(words[0], words[1:]); err != nil {
			d.t.Fatalf("%s: %v", line, err)
		}
	}
	return strings.TrimRight(d.heard.String(), "\n")
}

func (d *driver) say(format string, args ...any) { fmt.Fprintf(&d.heard, format+"\n", args...) }

func (d *driver) fresh(words []string, text string) {
	hosts := 0
	fmt.Sscan(words[0], &hosts)
	p := plan(d.t, text)
	p.Multiplexed = slices.Contains(words, "http2")
	d.up = policy.NewUpstream(&p, make([]policy.Endpoint, hosts), dice(1))
	if slices.Contains(words, "dials") {
		d.up.Dials()
	}
	d.now, d.calls, d.conns = 0, nil, nil
}

func (d *driver) do(verb string, words []string) error {
	switch verb {
	case "begin":
		for _, name := range words {
			c := &talk{name: name, wake: mesh.Never}
			d.calls = append(d.calls, c)
			c.Begin(d.now, d.up, nil)
			d.act(c)
		}
	case "advance":
		return d.advance(words[0])
	case "late":
		passed, err := time.ParseDuration(words[0])
		d.now = d.now.Add(passed)
		return err
	case "answer":
		return d.answer(words)
	case "started":
		c := d.call(words[0])
		c.Started(d.now, int16(num(words[1])))
		d.act(c)
	case "cancel":
		c := d.call(words[0])
		c.Cancel(d.now)
		d.act(c)
	case "lost":
		host := 0
		fmt.Sscan(words[0], &host)
		d.up.Lost(d.now, host)
		d.settle()
	case "made", "closed":
		d.connection(verb, words)
	case "stats":
		d.stats()
	default:
		return errors.New("no such verb")
	}
	return nil
}

// advance lets time pass and wakes the calls, the earliest first.
func (d *driver) advance(by string) error {
	passed, err := time.ParseDuration(by)
	if err != nil {
		return err
	}
	end := d.now.Add(passed)
	for {
		var next *talk
		for _, c := range d.calls {
			if at := c.WakeAt(); at <= end && (next == nil || at < next.WakeAt()) {
				next = c
			}
		}
		if next == nil {
			d.now = end
			return nil
		}
		d.now = max(d.now, next.WakeAt())
		d.say("%v %s wakes", d.now, next.name)
		next.Wake(d.now)
		d.act(next)
	}
}

func (d *driver) answer(words []string) error {
	attempt := int16(0)
	fmt.Sscan(words[1], &attempt)
	for o := mesh.OK; o < mesh.Outcomes; o++ {
		if o.String() == words[2] {
			c := d.call(words[0])
			c.Done(d.now, attempt, replied(o))
			d.act(c)
			return nil
		}
	}
	return errors.New("no such outcome")
}

// act does what the call wants done.
func (d *driver) act(c *talk) {
	for a := c.Next(); a.Kind != policy.Nothing; a = c.Next() {
		switch a.Kind {
		case policy.Wait:
			d.say("%v %s waits for host %d with attempt %d", d.now, c.name, a.Host, a.Attempt)
			c.Await(a.Attempt, uint64(slices.Index(d.calls, c)))
		case policy.Connect:
			d.say("%v %s connects to host %d and sends attempt %d", d.now, c.name, a.Host, a.Attempt)
		case policy.Send:
			d.say("%v %s sends attempt %d to host %d", d.now, c.name, a.Attempt, a.Host)
		case policy.Abandon:
			d.say("%v %s abandons attempt %d at host %d", d.now, c.name, a.Attempt, a.Host)
		case policy.Answer:
			d.say("%v %s answers %v", d.now, c.name, strings.TrimSpace(a.Outcome.String()+" "+c.Flags().String()))
		}
	}
	if at := c.WakeAt(); at != c.wake {
		c.wake = at
		d.say("%v %s is to be woken at %v", d.now, c.name, at)
	}
	d.settle()
}

// connection tells what became of connections.
func (d *driver) connection(verb string, words []string) {
	for _, word := range words {
		if c := d.conns[num(word[1:])-1]; verb == "made" {
			d.up.Connected(d.now, c)
		} else {
			d.up.Closed(d.now, c)
		}
		d.settle()
	}
}

// settle writes down what is wanted of connections, and rouses who is to be.
func (d *driver) settle() {
	for deed, ok := d.up.NextDeed(); ok; deed, ok = d.up.NextDeed() {
		if deed.Open {
			d.conns = append(d.conns, deed.Conn)
			d.say("%v opens c%d to host %d", d.now, len(d.conns), deed.Host)
		} else {
			d.say("%v closes c%d", d.now, slices.Index(d.conns, deed.Conn)+1)
		}
	}
	if owner, ok := d.up.NextRoused(); ok {
		d.calls[owner].Rouse(d.now)
		d.act(d.calls[owner])
	}
}

func (d *driver) stats() {
	waiting := ""
	if n := d.up.Pending(); n > 0 {
		waiting = fmt.Sprintf(", waiting %d", n)
	}
	d.say("%v requests %d, retries %d%s", d.now, d.up.Requests(), d.up.Retries(), waiting)
	for i, h := range d.up.Hosts() {
		d.say("host %d: active %d, connections %d", i, h.Active, h.Conns)
	}
}

func (d *driver) call(name string) *talk {
	for _, c := range d.calls {
		if c.name == name {
			return c
		}
	}
	d.t.Fatalf("no call named %s", name)
	return nil
}
