package policy_test

import (
	"flag"
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

// FuzzCall lets any order of events come over a few calls that share an
// upstream, and holds the calls to what they promise whatever comes:
//
//   - each answers once, unless it was cancelled, and says nothing afterwards
//   - attempts are numbered 1, 2, ... up to num_retries + 1, one at a time; only
//     one that was sent is given up
//   - what is tried again is what the rules that the request meets, the caps, the
//     budget and the breaker say, each known to a twin
//   - what the upstream counts is what the driver sees under way, by priority
//   - it sends over connections that are made, of HTTP/1 one request at a time on
//     each; who waits for one hears how that ended
//   - it sends to members of the subset that the request is for, and to hosts that
//     are out only where so many are that all are asked
//   - max_connections, max_pending_requests, max_requests, max_retries, the budget
//     and max_active_faults are never exceeded by a newcomer
//   - a copy goes to a mirror of the request's rule, once; an answer of the fault
//     filter comes before anything was sent
//   - an answer comes by the deadline, if the driver is not late
//   - in the end nothing is in flight
//
// The game is told in files of its own: call_fuzz_draw and _rules read it off the
// tape; _hosts, _wires and _time are what happens beside the calls; _act and _audit
// judge, with the twin of _twin.
func FuzzCall(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{0xff, 3, 2, 5, 0, 0, 0, 8, 9, 30, 1, 2, 3})
	f.Add([]byte{0x3f, 1, 2, 2, 0, 0, 0, 1, 0, 4, 0, 1, 9, 1, 20, 2, 20, 3, 0, 5, 0})
	f.Add([]byte{0x07, 2, 1, 1, 0, 1, 16, 1, 4, 20, 6, 0, 0, 5, 1, 7, 0, 3, 255, 3, 255})
	f.Fuzz(play)
}

// tapes is how many random tapes the games of calls play: -tapes 5000000 takes a
// while.
var tapes = flag.Int("tapes", 5000, "random tapes for each game of calls")

// TestAnyOrderOfEvents plays the same game with random tapes, so that every run
// of the tests plays some.
func TestAnyOrderOfEvents(t *testing.T) { playTapes(t, 1, 300, play) }

// playTapes draws tapes that are shorter than longest.
func playTapes(t *testing.T, seed uint64, longest int, play func(t *testing.T, data []byte)) {
	var data []byte
	defer func() {
		if t.Failed() {
			t.Logf("on the tape %v", data)
		}
	}()
	d := dice(seed)
	for range *tapes {
		data = make([]byte, d.IntN(longest))
		for i := range data {
			data[i] = byte(d.Uint64())
		}
		play(t, data)
	}
}

// play plays one game.
func play(t *testing.T, data []byte) {
	g := newGame(t, &tape{data})
	for g.tape.more() && len(g.players) < 40 {
		g.event()
	}
	g.finish()
}

// tape deals out bytes, and noughts when it is at its end.
type tape struct{ rest []byte }

func (p *tape) more() bool { return len(p.rest) > 0 }

func (p *tape) next(below int) int {
	if len(p.rest) == 0 {
		return 0
	}
	b := p.rest[0]
	p.rest = p.rest[1:]
	return int(b) % below
}

func (p *tape) yes() bool { return p.next(2) == 1 }

// game is a driver that keeps its own books: a naive twin of the upstream.
type game struct {
	ground
	players []*player
	rules   []policy.Rule // the first has a match if there are two
	twin    twin
	copies  []copying
}

// player is one call and what the driver knows of it.
type player struct {
	policy.Call
	knobs
	released  mesh.Time // by the fault filter; when it began without
	sent      int       // the number of the last attempt
	live      bool      // it is under way
	waits     bool      // for a connection
	conn      policy.Conn
	host      int
	answers   int
	copied    map[int32]bool // the mirrors that got a copy
	cancelled bool
	late      bool // the driver let it wait
}

// event lets one event come.
func (g *game) event() {
	switch verb := g.tape.next(10); verb {
	case 0, 1:
		g.begin()
	case 2, 3:
		g.pass(time.Duration(g.tape.next(256))*time.Millisecond, verb == 3)
	case 4:
		if c := g.anyone(); c != nil { // an attempt that is over, or that never was
			c.Done(g.now, int16(c.sent+1+g.tape.next(3)), replied(g.outcome()))
			if c.sent > 0 {
				c.Done(g.now, int16(c.sent-1), replied(g.outcome()))
			}
			g.act(c)
		}
	case 5:
		if c := g.anyone(); c != nil {
			c.Cancel(g.now)
			c.cancelled = c.answers == 0
			g.act(c)
		}
	case 6:
		g.wired()
	case 7, 8:
		if c := g.anyone(); c != nil {
			g.end(c, g.outcome())
		}
	case 9:
		g.moved()
	}
	g.audit()
}

// begin begins a call, of one kind or the other.
func (g *game) begin() {
	special := g.tape.yes()
	c := &player{knobs: g.fold(special), released: g.now}
	g.players = append(g.players, c)
	c.BeginOn(g.now, g.up, len(g.players)%max(g.plan.Workers, 1), g.request(special))
	if c.delayed() {
		c.released = g.now.Add(c.fault.Delay.FixedDelay.Std())
	}
	g.act(c)
}

// end ends the attempt under way, if there is one.
func (g *game) end(c *player, o mesh.Outcome) {
	if !c.live || c.waits {
		return
	}
	c.live = false
	again := g.retries(c, o)
	c.Done(g.now, int16(c.sent), replied(o))
	g.decided(c, o, again)
	g.ended(c, o)
	g.act(c)
}

// anyone picks one of the players.
func (g *game) anyone() *player {
	if len(g.players) == 0 {
		return nil
	}
	return g.players[g.tape.next(len(g.players))]
}

// outcomes are those that an attempt can end in.
var outcomes = []mesh.Outcome{mesh.OK, mesh.Error, mesh.Dependency, mesh.Refused, mesh.Expired, mesh.Reset, mesh.ConnectFailure}

func (g *ground) outcome() mesh.Outcome { return outcomes[g.tape.next(len(outcomes))] }
