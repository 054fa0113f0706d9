package policy_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
	"github.com/meshdyno/meshdyno/unit"
)

// FuzzCall lets any order of events come over a few calls that share an
// upstream, and holds the calls to what they promise whatever comes:
//
//   - each answers once, unless it was cancelled, and says nothing afterwards
//   - attempts are numbered 1, 2, ... up to num_retries + 1, one at a time; only
//     one that was sent is given up
//   - what the upstream counts is what the driver sees under way
//   - it sends over connections that are made, of HTTP/1 one request at a time on
//     each; who waits for one hears how that ended
//   - max_connections, max_pending_requests, max_requests, max_retries and the
//     budget are never exceeded by a newcomer
//   - an answer comes by the deadline, if the driver is not late
//   - in the end nothing is in flight
func FuzzCall(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{0xff, 3, 2, 5, 0, 0, 0, 8, 9, 30, 1, 2, 3})
	f.Add([]byte{0x3f, 1, 2, 2, 0, 0, 0, 1, 0, 4, 0, 1, 9, 1, 20, 2, 20, 3, 0, 5, 0})
	f.Add([]byte{0x07, 2, 1, 1, 0, 1, 16, 1, 4, 20, 6, 0, 0, 5, 1, 7, 0, 3, 255, 3, 255})
	f.Fuzz(play)
}

// TestAnyOrderOfEvents plays the same game with random tapes, so that every run
// of the tests plays some.
func TestAnyOrderOfEvents(t *testing.T) {
	d := dice(1)
	for range 5000 {
		tape := make([]byte, d.IntN(300))
		for i := range tape {
			tape[i] = byte(d.Uint64())
		}
		play(t, tape)
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

// game is a driver that keeps its own books: a naive twin of the upstream.
type game struct {
	t       *testing.T
	tape    *tape
	plan    policy.Plan
	up      *policy.Upstream
	hosts   int
	now     mesh.Time
	players []*player
	twin    twin
	request policy.Request
	grouped bool   // who may be asked follows from more than who is out
	only    string // the version of the only hosts that may be asked; any when empty
	wires   []wire // connections that are made or being made
}

// wire is one connection, as the driver knows it.
type wire struct {
	policy.Conn
	host int
	made bool
}

// player is one call and what the driver knows of it.
type player struct {
	policy.Call
	began     mesh.Time
	sent      int  // the number of the last attempt
	live      bool // it is under way
	waits     bool // for a connection
	conn      policy.Conn
	host      int
	answers   int
	cancelled bool
	late      bool // the driver let it wait
}

// newGame reads the settings off the tape.
func newGame(t *testing.T, p *tape) *game {
	g := &game{t: t, tape: p}
	flags, kinds := p.next(256), policy.Balancers.Rows()
	g.plan.Balancer = kinds[p.next(len(kinds))].New()
	g.plan.Multiplexed = flags&1 != 0
	if flags&2 != 0 {
		g.plan.Timeout = time.Duration(p.next(40)) * 10 * time.Millisecond
	}
	if flags&4 != 0 {
		g.plan.Retry = &policy.Retry{RetryOn: []string{"5xx"}, NumRetries: p.next(5)}
		g.plan.Retry.BackOff.SetDefaults()
		if flags&8 != 0 {
			limit := unit.Duration(p.next(30)) * 10 * unit.Millisecond
			g.plan.Retry.PerTryTimeout = &limit
		}
	}
	if flags&16 != 0 {
		g.plan.Breaker = &policy.CircuitBreaker{Thresholds: policy.Thresholds{MaxConnections: p.next(6), MaxPendingRequests: p.next(6), MaxRequests: p.next(6), MaxRetries: p.next(3)}}
		if flags&32 != 0 {
			g.plan.Breaker.RetryBudget = &policy.RetryBudget{BudgetPercent: unit.Ratio(p.next(11)) / 10, MinRetryConcurrency: p.next(3)}
		}
	}
	if flags&64 != 0 {
		g.plan.Outlier = quick(p.next(len(policy.Outliers.Rows())))
	}
	g.hosts = p.next(4)
	g.arm(flags)
	g.pool(p.next(16))
	g.up = policy.NewUpstream(&g.plan, g.endpoints(), dice(uint64(flags)))
	g.up.Dials()
	return g
}

// pool reads settings of connections off the tape.
func (g *game) pool(flags int) {
	g.plan.Pool = &policy.ConnectionPool{}
	g.plan.Pool.SetDefaults()
	if flags&1 != 0 {
		g.plan.Pool.MaxRequestsPerConnection = 1 + g.tape.next(3)
	}
	if flags&2 != 0 {
		g.plan.Pool.MaxConcurrentStreams = 1 + g.tape.next(3)
	}
	if flags&4 != 0 {
		g.plan.Pool.PerUpstreamPreconnect = 1 + float64(g.tape.next(5))/2
	}
	if flags&8 != 0 {
		g.plan.Workers = 2
	}
}

// quick is a kind of outlier detection that ejects at the first failure.
func quick(row int) policy.OutlierSettings {
	s := policy.Outliers.Rows()[row].New()
	switch s := s.(type) {
	case *policy.OutlierDetection:
		s.Consecutive5xx, s.MaxEjectionPercent = 1, 1
	case *policy.HAProxyOutlier:
		s.ErrorLimit, s.OnError = 1, "mark-down"
	case *policy.ConsulOutlier:
		all := unit.Ratio(1)
		s.MaxFailures, s.MaxEjectionPercent = 1, &all
	case *policy.AppMeshOutlier:
		s.MaxServerErrors, s.Interval, s.BaseEjectionDuration = 1, unit.Second, unit.Second
	}
	return s
}

// event lets one event come.
func (g *game) event() {
	switch verb := g.tape.next(8); verb {
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
		if g.hosts > 0 {
			g.wired(g.tape.next(g.hosts))
		}
	case 7:
		if c := g.anyone(); c != nil {
			g.end(c, g.outcome())
		}
	}
	g.audit()
}

func (g *game) begin() {
	c := &player{began: g.now}
	g.players = append(g.players, c)
	worker := 0
	if g.plan.Workers > 1 {
		worker = len(g.players) % g.plan.Workers
	}
	c.BeginOn(g.now, g.up, worker, g.request)
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

// wired lets something happen to a connection: it is made, it is not or no more,
// or all of a host break.
func (g *game) wired(host int) {
	what := g.tape.next(4)
	if what == 3 {
		g.up.Lost(g.now, host)
		g.wires = slices.DeleteFunc(g.wires, func(w wire) bool { return w.made && w.host == host })
		g.settle()
		return
	}
	if len(g.wires) > 0 {
		g.wire(g.tape.next(len(g.wires)), what > 0)
	}
}

// wire makes a connection, or ends it.
func (g *game) wire(i int, make bool) {
	w := &g.wires[i]
	switch name := w.Conn; {
	case !make:
		g.wires = slices.Delete(g.wires, i, i+1)
		g.up.Closed(g.now, name)
	case !w.made:
		w.made = true
		g.up.Connected(g.now, name)
	}
	g.settle()
}

// settle does what is to be done about connections, and rouses who is to be.
func (g *game) settle() {
	for d, ok := g.up.NextDeed(); ok; d, ok = g.up.NextDeed() {
		if d.Open {
			g.wires = append(g.wires, wire{Conn: d.Conn, host: int(d.Host)})
			continue
		}
		i := slices.IndexFunc(g.wires, func(w wire) bool { return w.Conn == d.Conn })
		if i < 0 {
			g.t.Fatalf("connection %d is closed, and is not there", d.Conn.Number())
		}
		g.wires = slices.Delete(g.wires, i, i+1)
	}
	for owner, ok := g.up.NextRoused(); ok; owner, ok = g.up.NextRoused() {
		g.rouse(g.players[owner])
	}
	if g.up.Restless() {
		g.settle()
	}
}

// rouse tells a call that its wait is over, and hears how it ended.
func (g *game) rouse(c *player) {
	if !c.waits || !c.live {
		g.t.Fatal("roused, and it does not wait")
	}
	how := c.Granted()
	c.waits = false
	c.Rouse(g.now)
	switch c.live = how == policy.Granted; how {
	case policy.Overflowed:
		g.ended(c, mesh.Unfinished)
	case policy.NotMade:
		again := g.retries(c, mesh.ConnectFailure)
		g.decided(c, mesh.ConnectFailure, again)
		g.ended(c, mesh.ConnectFailure)
	}
	g.act(c)
}

// pass lets time pass. A late driver wakes nobody on the way.
func (g *game) pass(by time.Duration, late bool) {
	end := g.now.Add(by)
	for !late {
		c := g.next()
		if c == nil || c.WakeAt() > end {
			break
		}
		g.wake(c)
	}
	if g.now = max(g.now, end); !late {
		g.up.Wake(g.now)
	}
	for _, c := range g.players {
		c.late = c.late || c.WakeAt() < g.now
	}
}

// next is the player that wants to be woken first.
func (g *game) next() *player {
	var first *player
	for _, c := range g.players {
		if first == nil || c.WakeAt() < first.WakeAt() {
			first = c
		}
	}
	return first
}

// wake comes once too early, which must not matter, and then in time.
func (g *game) wake(c *player) {
	at := c.WakeAt()
	before := c.Call
	if g.now < at {
		c.Wake(g.now)
	}
	if c.Call != before {
		g.t.Fatalf("woken at %v and not before %v, it did something", g.now, at)
	}
	g.now = max(g.now, at)
	if c.live && g.now < g.deadline(c) { // the try's own time is up
		c.live = false
		again := g.retries(c, mesh.Timeout)
		c.live = true
		c.Wake(g.now)
		g.decided(c, mesh.Timeout, again)
	} else {
		c.Wake(g.now)
	}
	g.act(c)
	g.audit()
}

// act takes down what the call wants done.
func (g *game) act(c *player) {
	retries := g.up.Retries()
	steps := 0
	for a := c.Next(); a.Kind != policy.Nothing; a = c.Next() {
		if steps++; steps > 3 {
			g.t.Fatal("more than an abandon, a send and an answer at once")
		}
		g.take(c, a)
	}
	defer g.settle()
	if c.Next() != (policy.Action{}) {
		g.t.Fatal("something comes after nothing")
	}
	if g.up.Retries() > retries {
		g.t.Fatal("taking an action books a retry")
	}
	if c.Over() != (c.answers > 0 || c.cancelled) || c.Over() != (c.WakeAt() == mesh.Never) && g.bounded(c) {
		g.t.Fatalf("over is %v after %d answers, cancelled %v, to be woken at %v", c.Over(), c.answers, c.cancelled, c.WakeAt())
	}
	if at := c.WakeAt(); at < g.now && !c.late && at < g.deadline(c) {
		g.t.Fatalf("to be woken at %v, and it is %v", at, g.now)
	}
}

// bounded says that some alarm must be set while the call is not over: it has a
// deadline, or its try has, or it pauses.
func (g *game) bounded(c *player) bool {
	return g.plan.Timeout > 0 || !c.live || !c.waits && g.plan.Retry != nil && g.plan.Retry.PerTryTimeout != nil && *g.plan.Retry.PerTryTimeout > 0
}

func (g *game) deadline(c *player) mesh.Time {
	if g.plan.Timeout == 0 {
		return mesh.Never
	}
	return c.began.Add(g.plan.Timeout)
}

// take books one action.
func (g *game) take(c *player, a policy.Action) {
	if c.answers > 0 || c.cancelled && a.Kind != policy.Abandon {
		g.t.Fatalf("%+v after the end", a)
	}
	switch a.Kind {
	case policy.Wait:
		g.newcomer(c, a)
		c.waits = true
		c.Await(a.Attempt, uint64(slices.Index(g.players, c)))
	case policy.Send, policy.Connect:
		if !c.live {
			g.newcomer(c, a)
		}
		c.conn = c.Conn(a.Attempt)
		i := slices.IndexFunc(g.wires, func(w wire) bool { return w.Conn == c.conn })
		if c.waits || i < 0 || !g.wires[i].made || g.wires[i].host != int(a.Host) {
			g.t.Fatalf("%+v on connection %d, which is %d of %+v", a, c.conn.Number(), i, g.wires)
		}
	case policy.Abandon:
		if !c.live || int(a.Attempt) != c.sent || int(a.Host) != c.host {
			g.t.Fatalf("%+v, but attempt %d is under way: %v", a, c.sent, c.live)
		}
		c.live, c.waits = false, false
		if c.cancelled {
			g.ended(c, mesh.Unfinished)
		} else {
			g.ended(c, mesh.Timeout)
		}
	case policy.Answer:
		c.answers++
		g.mayAnswer(a.Outcome)
		if c.live || a.Outcome == mesh.Unfinished {
			g.t.Fatalf("%+v, with an attempt under way: %v", a, c.live)
		}
		if late := g.deadline(c); g.now > late && !c.late {
			g.t.Fatalf("the answer comes at %v, after the deadline %v", g.now, late)
		}
	}
}

// newcomer books an attempt that begins.
func (g *game) newcomer(c *player, a policy.Action) {
	g.mayAsk(int(a.Host))
	if c.sent++; c.live || int(a.Attempt) != c.sent || int(a.Host) >= g.hosts {
		g.t.Fatalf("%+v with attempt %d under way: %v", a, c.sent-1, c.live)
	}
	c.live, c.host = true, int(a.Host)
	g.sent(c)
}

// audit compares the upstream's books with the driver's, and both with the caps.
func (g *game) audit() {
	active, conns, carried, waiting, retries := make([]int32, g.hosts), make([]int32, g.hosts), map[policy.Conn]int{}, 0, 0
	for _, w := range g.wires {
		conns[w.host]++
	}
	for _, c := range g.players {
		switch {
		case c.live && c.waits:
			waiting++
		case c.live:
			active[c.host]++
			carried[c.conn]++
		}
		if !c.Over() && (c.sent > 1 || c.sent == 1 && !c.live) {
			retries++
		}
		if most := g.tries(); c.sent > most {
			g.t.Fatalf("%d attempts, and %d are allowed", c.sent, most)
		}
	}
	total := 0
	for i, h := range g.up.Hosts() {
		total += int(h.Active)
		if h.Active != active[i] || h.Conns != conns[i] {
			g.t.Fatalf("host %d has %d active on %d connections, the driver sees %d on %d", i, h.Active, h.Conns, active[i], conns[i])
		}
	}
	for c, n := range carried {
		if most := g.plan.Pool.MaxConcurrentStreams; !g.plan.Multiplexed && n > 1 || g.plan.Multiplexed && most > 0 && n > most {
			g.t.Fatalf("connection %d carries %d requests", c.Number(), n)
		}
	}
	if g.up.Requests() != total || g.up.Retries() != retries || g.up.Pending() != waiting {
		g.t.Fatalf("the upstream counts %d requests, %d that wait and %d retries, the driver %d, %d and %d",
			g.up.Requests(), g.up.Pending(), g.up.Retries(), total, waiting, retries)
	}
	if err := g.up.AuditPools(); err != nil {
		g.t.Fatal(err)
	}
	g.caps(total, retries)
	if b := g.plan.Breaker; b != nil && (waiting > b.MaxPendingRequests || len(g.wires) > b.MaxConnections+g.hosts*max(g.plan.Workers, 1)) {
		g.t.Fatalf("%d wait of at most %d, %d connections of at most %d", waiting, b.MaxPendingRequests, len(g.wires), b.MaxConnections)
	}
}

func (g *game) tries() int {
	if g.plan.Retry == nil {
		return 1
	}
	return 1 + g.plan.Retry.NumRetries
}

// caps: a cap that shrinks with the requests under way throws nobody out, so of
// a budget only the greatest that it ever was can be told here.
func (g *game) caps(requests, retries int) {
	b := g.plan.Breaker
	if b == nil {
		return
	}
	most := b.MaxRetries
	if b.RetryBudget != nil {
		most = max(b.RetryBudget.MinRetryConcurrency, int(float64(b.RetryBudget.BudgetPercent)*float64(b.MaxRequests+b.MaxPendingRequests)))
	}
	if requests > b.MaxRequests || retries > most {
		g.t.Fatalf("%d requests of at most %d, %d retries of at most %d", requests, b.MaxRequests, retries, most)
	}
}

// finish answers and wakes until every call is over.
func (g *game) finish() {
	for range 1 + len(g.players)*(2*g.tries()+2) {
		for i := 0; i < len(g.wires); i++ {
			g.wire(i, true)
		}
		for _, c := range g.players {
			g.end(c, g.outcome())
		}
		if c := g.next(); c != nil && c.WakeAt() != mesh.Never {
			g.wake(c)
		}
	}
	g.audit()
	for i, c := range g.players {
		if want := map[bool]int{true: 0, false: 1}[c.cancelled]; c.answers != want || !c.Over() {
			g.t.Fatalf("call %d: %d answers, cancelled %v", i, c.answers, c.cancelled)
		}
	}
	if g.up.Requests() != 0 || g.up.Retries() != 0 || slices.ContainsFunc(g.up.Hosts(), func(h policy.Host) bool { return h.Active != 0 }) {
		g.t.Fatal("in flight in the end: " + fmt.Sprint(g.up.Requests(), g.up.Retries(), g.up.Hosts()))
	}
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

func (g *game) outcome() mesh.Outcome { return outcomes[g.tape.next(len(outcomes))] }
