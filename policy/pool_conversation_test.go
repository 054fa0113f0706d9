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

// TestPoolConversations plays the files of testdata/pools. Each block tells the
// pools of one worker what happened; below the line ---- stands what they want
// done, who goes out on which connection, and who does not. The verbs:
//
//	pools HOSTS [http2]      fresh ones; the lines that follow are the policy
//	ask NAME... [host N] [high]   attempts want a connection
//	made CONN...             connections are made
//	closed CONN...           connections are no more, or could not be made
//	end NAME...              attempts end
//	reset NAME...            attempts end, and their connections have to
//	cancel NAME... [excess]  attempts are given up while they wait
//	goaway CONN              the host wants no more on it
//	limit CONN STREAMS       the host wants so many at once on it
//	lost HOST                all its connections broke
//	unhealthy HOST           it was taken out
//	healthy HOST             and is back
//	left HOST                it is gone for good
//	preconnect HOST          the one that will be picked soon
//	elsewhere PENDING REQUESTS    what other workers have under way
//	advance DURATION         time passes
//	state                    attempts on connections, waiting, room for more
//	counts                   what happened so far
func TestPoolConversations(t *testing.T) {
	playAll(t, "pools", func(t *testing.T) func(string) string { return (&basin{t: t}).tell })
}

// basin drives the pools of one worker.
type basin struct {
	t     *testing.T
	now   mesh.Time
	pools *policy.Pools
	hosts []policy.Host
	conns []policy.Conn // c1, c2, ... as they were opened
	asks  []*seeker
	heard strings.Builder
}

// seeker is an attempt that wants a connection.
type seeker struct {
	name  string
	place int32 // of its connection, or of its wait
	waits bool
	out   bool
}

func (b *basin) say(format string, args ...any) { fmt.Fprintf(&b.heard, format+"\n", args...) }

func (b *basin) tell(block string) string {
	b.heard.Reset()
	lines := strings.Split(block, "\n")
	for i, line := range lines {
		words := strings.Fields(line)
		if len(words) == 0 || words[0] == "#" {
			continue
		}
		if words[0] == "pools" {
			b.fresh(words[1:], strings.Join(lines[i+1:], "\n"))
			break
		}
		if err := b.do(words[0], words[1:]); err != nil {
			b.t.Fatalf("%s: %v", line, err)
		}
		b.listen()
	}
	return strings.TrimRight(b.heard.String(), "\n")
}

func (b *basin) fresh(words []string, text string) {
	p := plan(b.t, text)
	p.Multiplexed = len(words) > 1 && words[1] == "http2"
	b.hosts = make([]policy.Host, num(words[0]))
	b.pools = policy.NewPools(&p, b.hosts)
	b.now, b.conns, b.asks = 0, nil, nil
}

func (b *basin) do(verb string, words []string) error {
	switch verb {
	case "ask":
		b.ask(words)
	case "end", "reset", "cancel":
		b.end(verb, words)
	case "made", "closed", "goaway", "limit":
		b.connection(verb, words)
	case "lost", "unhealthy", "healthy", "left", "preconnect":
		b.host(verb, num(words[0]))
	case "elsewhere":
		b.pools.Inflate(num(words[0]), num(words[1]))
	case "advance":
		return b.advance(words[0])
	case "state":
		active, pending, capacity := b.pools.State()
		b.say("active %d, pending %d, capacity %d", active, pending, capacity)
	case "counts":
		b.say("%s", strings.Trim(fmt.Sprintf("%+v", b.pools.Counts()), "{}"))
	default:
		return errors.New("no such verb")
	}
	return nil
}

func (b *basin) ask(words []string) {
	host, at := 0, policy.Normal
	if words[len(words)-1] == "high" {
		at, words = policy.High, words[:len(words)-1]
	}
	if i := slices.Index(words, "host"); i >= 0 {
		host, words = num(words[i+1]), words[:i]
	}
	for _, name := range words {
		s := &seeker{name: name}
		b.asks = append(b.asks, s)
		var how policy.Grant
		s.place, how = b.pools.Begin(b.now, host, at)
		b.granted(s, how)
		b.listen()
	}
}

func (b *basin) granted(s *seeker, how policy.Grant) {
	switch s.waits, s.out = how == policy.Waits, how == policy.Granted; how {
	case policy.Waits:
		b.pools.Await(s.place, uint64(slices.Index(b.asks, s)))
		b.say("%s waits", s.name)
	case policy.Granted:
		b.say("%s goes out on c%d", s.name, slices.Index(b.conns, b.pools.Named(s.place))+1)
	default:
		b.say("%s %s", s.name, map[policy.Grant]string{policy.Overflowed: "overflows", policy.Unpooled: "gets no pool",
			policy.NotMade: "fails to connect", policy.NotInTime: "fails to connect in time"}[how])
	}
}

func (b *basin) end(verb string, words []string) {
	excess := words[len(words)-1] == "excess"
	if excess {
		words = words[:len(words)-1]
	}
	for _, name := range words {
		s := b.asks[slices.IndexFunc(b.asks, func(s *seeker) bool { return s.name == name })]
		if verb == "cancel" {
			b.pools.Cancel(b.now, s.place, excess)
		} else {
			b.pools.End(b.now, s.place, verb == "reset")
		}
		b.listen()
	}
}

func (b *basin) connection(verb string, words []string) {
	if verb == "limit" {
		b.pools.Limit(b.conns[num(words[0][1:])-1], uint32(num(words[1])))
		return
	}
	for _, word := range words {
		c := b.conns[num(word[1:])-1]
		switch verb {
		case "made":
			b.pools.Connected(b.now, c)
		case "closed":
			b.pools.Closed(b.now, c)
		case "goaway":
			b.pools.GoAway(b.now, c)
		}
		b.listen()
	}
}

func (b *basin) host(verb string, host int) {
	switch verb {
	case "lost":
		b.pools.Lost(b.now, host)
	case "unhealthy":
		b.hosts[host].Ejected = true
		b.pools.Unhealthy(b.now, host)
	case "healthy":
		b.hosts[host].Ejected = false
	case "left":
		b.pools.Left(b.now, host)
	case "preconnect":
		b.say("short %v", b.pools.Ahead())
		b.say("opened %v", b.pools.Preconnect(b.now, host, policy.Normal))
	}
}

func (b *basin) advance(by string) error {
	passed, err := time.ParseDuration(by)
	end := b.now.Add(passed)
	for at := b.pools.WakeAt(); at <= end; at = b.pools.WakeAt() {
		b.now = max(b.now, at)
		b.say("%v", b.now)
		b.pools.Wake(b.now)
		b.listen()
	}
	b.now = end
	return err
}

// listen writes down what the pools want.
func (b *basin) listen() {
	for d, ok := b.pools.Next(); ok; d, ok = b.pools.Next() {
		if d.Open {
			b.conns = append(b.conns, d.Conn)
			b.say("open c%d to host %d", len(b.conns), d.Host)
		} else {
			b.say("close c%d", slices.Index(b.conns, d.Conn)+1)
		}
	}
	for owner, ok := b.pools.Roused(); ok; owner, ok = b.pools.Roused() {
		s := b.asks[owner]
		var how policy.Grant
		s.place, how = b.pools.Ask(s.place)
		b.granted(s, how)
	}
	b.audit()
}

// audit compares the counts that the pools keep in several places.
func (b *basin) audit() {
	b.t.Helper()
	if err := b.pools.Audit(); err != nil {
		b.t.Fatal(err)
	}
}

func num(word string) int {
	n := 0
	fmt.Sscan(word, &n)
	return n
}
