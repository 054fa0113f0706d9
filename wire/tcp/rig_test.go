package tcp_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/unit"
	"github.com/meshdyno/meshdyno/wire/link"
	"github.com/meshdyno/meshdyno/wire/tcp"
)

// The rig: connections between two hosts over one link each way, in virtual
// time. Side 0 opens, side 1 listens.
type rig struct {
	t      testing.TB
	now    mesh.Time
	ends   [][2]*tcp.Endpoint
	links  [2]*link.Link // links[s] carries what side s sends
	flying [2]flight
	shelf  []tcp.Segment
	unused []uint64
	events int // packets that arrived
	drop   func(side int, s *tcp.Segment) bool
	log    *strings.Builder
	after  func(conn, side int) // the application: something happened to an end
	wakes  []mesh.Time          // 2 for each connection; never later than their WakeAt
	fates  [8]int
}

// flight holds what is under way to one side, by arrival.
type flight struct {
	ring        []link.Passage
	first, size int
}

func (f *flight) at(i int) *link.Passage { return &f.ring[(f.first+i)&(len(f.ring)-1)] }

func (f *flight) add(p *link.Passage) {
	if f.size == len(f.ring) {
		larger := make([]link.Passage, max(16, 2*len(f.ring)))
		for i := range f.size {
			larger[i] = *f.at(i)
		}
		f.ring, f.first = larger, 0
	}
	i := f.size
	f.size++
	for ; i > 0 && f.at(i-1).At > p.At; i-- {
		*f.at(i) = *f.at(i - 1)
	}
	*f.at(i) = *p
}

func (f *flight) next() mesh.Time {
	if f.size == 0 {
		return mesh.Never
	}
	return f.at(0).At
}

func settings() tcp.Settings {
	var s tcp.Settings
	s.SetDefaults()
	return s
}

// plain is TCP with nothing that delays: for arithmetic.
func plain(kind string) tcp.Settings {
	s := settings()
	choice := *s.Congestion
	row, err := tcp.Controls.Get(kind)
	if err != nil {
		panic(err)
	}
	choice.SetKind(kind, row)
	s.Congestion, s.DelayedAck, s.NoDelay = &choice, 0, true
	return s
}

// wire is a link with a latency and, if not 0, a bandwidth.
func wire(latency time.Duration, bandwidth unit.BitRate) link.Settings {
	return link.Settings{Latency: chance.FixedDuration(unit.Duration(latency)), Bandwidth: bandwidth}
}

func losing(s link.Settings, kind string, settings link.LossSettings) link.Settings {
	s.Loss = &link.LossChoice{}
	s.Loss.SetKind(kind, settings)
	return s
}

func queued(s link.Settings, kind string, settings link.QueueSettings) link.Settings {
	s.Queue = &link.QueueChoice{}
	s.Queue.SetKind(kind, settings)
	return s
}

func newRig(t testing.TB, seed uint64, there, back link.Settings) *rig {
	r := &rig{t: t}
	r.links = [2]*link.Link{link.New(&there, chance.Key(seed, 0, "there", "link")), link.New(&back, chance.Key(seed, 0, "back", "link"))}
	return r
}

// connect adds a connection, which opens now.
func (r *rig) connect(client, server *tcp.Settings) (c, s *tcp.Endpoint) {
	c, s = tcp.New(client), tcp.New(server)
	r.ends = append(r.ends, [2]*tcp.Endpoint{c, s})
	r.wakes = append(r.wakes, mesh.Never, mesh.Never)
	s.Listen()
	c.Open(r.now)
	return c, s
}

// flush takes what an endpoint has to send.
func (r *rig) flush(conn, side int) {
	e := r.ends[conn][side]
	if r.after != nil {
		r.after(conn, side)
	}
	for {
		ref := r.place()
		s := &r.shelf[ref]
		if !e.Next(r.now, s) {
			r.unused = append(r.unused, ref)
			break
		}
		r.trace(side, s, "")
		if r.drop != nil && r.drop(side, s) {
			r.unused = append(r.unused, ref)
			continue
		}
		r.links[side].Offer(r.now, link.Packet{Ref: ref<<16 | uint64(conn), Flow: uint32(conn), Bytes: int32(s.Packet()), Whole: true})
		r.collect(side)
	}
	r.wakes[2*conn+side] = e.WakeAt()
}

func (r *rig) place() uint64 {
	if n := len(r.unused); n > 0 {
		ref := r.unused[n-1]
		r.unused = r.unused[:n-1]
		return ref
	}
	r.shelf = append(r.shelf, tcp.Segment{})
	return uint64(len(r.shelf) - 1)
}

// collect takes what a link has decided.
func (r *rig) collect(side int) {
	var p link.Passage
	for r.links[side].Next(r.now, &p) {
		r.fates[p.Fate]++
		switch {
		case p.Fate != link.Arrives:
			r.trace(side, &r.shelf[p.Ref>>16], p.Fate.String())
			if !p.Twin {
				r.unused = append(r.unused, p.Ref>>16)
			}
			continue
		case p.Twin:
			ref := r.place()
			r.shelf[ref] = r.shelf[p.Ref>>16]
			p.Ref = ref<<16 | p.Ref&0xffff
		}
		r.flying[1-side].add(&p)
	}
}

// step lets the next thing happen, unless it is after until.
func (r *rig) step(until mesh.Time) bool {
	at := min(r.flying[0].next(), r.flying[1].next(), r.links[0].WakeAt(), r.links[1].WakeAt())
	for _, w := range r.wakes {
		at = min(at, w)
	}
	if at > until || at == mesh.Never {
		return false
	}
	if at < r.now {
		r.t.Fatalf("time runs backwards: %v after %v", at, r.now)
	}
	r.now = at
	for side := range 2 {
		if r.links[side].WakeAt() <= at {
			r.links[side].Wake(at)
			r.collect(side)
			return true
		}
		if r.flying[side].next() <= at {
			r.land(side)
			return true
		}
	}
	for i, w := range r.wakes {
		if w <= at {
			r.ends[i/2][i%2].Wake(at)
			r.flush(i/2, i%2)
			return true
		}
	}
	return true
}

func (r *rig) land(side int) {
	f := &r.flying[side]
	p := *f.at(0)
	f.first, f.size = f.first+1, f.size-1
	ref, conn := p.Ref>>16, int(p.Ref&0xffff)
	r.events++
	r.ends[conn][side].Arrives(r.now, &r.shelf[ref])
	r.unused = append(r.unused, ref)
	r.flush(conn, side)
}

// run goes on until nothing happens any more, or until a moment.
func (r *rig) run(until mesh.Time) {
	for r.step(until) {
	}
}

// runWhile goes on while something holds.
func (r *rig) runWhile(holds func() bool) {
	for holds() && r.step(mesh.Never-1) {
	}
}

// start sends the first segments of all connections.
func (r *rig) start() *rig {
	for i := range r.ends {
		r.flush(i, 0)
		r.flush(i, 1)
	}
	return r
}

// recorded keeps a log of all that is sent.
func (r *rig) recorded() *rig {
	r.log = &strings.Builder{}
	return r
}

func (r *rig) trace(side int, s *tcp.Segment, note string) {
	if r.log == nil {
		return
	}
	fmt.Fprintf(r.log, "%v %s %s%s\n", r.now, [2]string{">", "<"}[side], describe(s), strings.TrimRight(" "+note, " "))
}

// describe writes a segment in the manner of tcpdump.
func describe(s *tcp.Segment) string {
	var b strings.Builder
	for i, name := range []string{"F", "S", "R", "P"} {
		if s.Flags&(1<<i) != 0 {
			b.WriteString(name)
		}
	}
	if s.Flags&tcp.ACK != 0 {
		b.WriteString(".")
	}
	fmt.Fprintf(&b, " %d", s.Seq)
	if s.Len > 0 {
		fmt.Fprintf(&b, ":%d", s.Seq+int64(s.Len))
	}
	if s.Flags&tcp.ACK != 0 {
		fmt.Fprintf(&b, " ack %d", s.Ack)
	}
	for _, k := range s.Blocks[:s.Count] {
		fmt.Fprintf(&b, " {%d:%d}", k.From, k.To)
	}
	return b.String()
}

func ms(n float64) mesh.Time { return mesh.Time(n * 1e6) }

func dur(t testing.TB, text string) chance.Duration {
	t.Helper()
	d, err := chance.ParseDuration(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
