package lab

import (
	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/wire/link"
	"github.com/meshdyno/meshdyno/wire/tcp"
)

// Lab is two hosts, the links between them, and the time.
type Lab struct {
	Now    mesh.Time
	Ends   [][2]*tcp.Endpoint // of each connection
	Links  [2]*link.Link      // Links[s] carries what side s sends
	Events int                // packets that arrived
	Fates  [link.NumberFates]int

	// Before is called when something happened to an end, before it is asked for
	// segments: the place of the application.
	Before func(conn, side int)
	// Loses takes a segment away before it gets to the link.
	Loses func(side int, s *tcp.Segment) bool
	// Sees is told of each segment that is sent, and of each that a link drops.
	Sees func(side int, s *tcp.Segment, fate link.Fate)

	flying [2]flight
	wakes  [][2]mesh.Time // of each end
	shelf  []tcp.Segment  // under way, by the Ref of their packets
	unused []uint64
}

// New is two hosts without a connection. All chance comes from the key.
func New(there, back *link.Settings, key uint64) *Lab {
	return &Lab{Links: [2]*link.Link{link.New(there, chance.Mix(key, 0)), link.New(back, chance.Mix(key, 1))}}
}

// Connect adds a connection, whose first segment leaves with Start or Flush.
func (l *Lab) Connect(client, server *tcp.Settings) (c, s *tcp.Endpoint) {
	c, s = tcp.New(client), tcp.New(server)
	s.Listen()
	c.Open(l.Now)
	l.Add(c, s)
	return c, s
}

// Add adds a connection of two endpoints in any state.
func (l *Lab) Add(c, s *tcp.Endpoint) {
	l.Ends = append(l.Ends, [2]*tcp.Endpoint{c, s})
	l.wakes = append(l.wakes, [2]mesh.Time{mesh.Never, mesh.Never})
}

// Start asks all ends for segments.
func (l *Lab) Start() {
	for i := range l.Ends {
		l.Flush(i, 0)
		l.Flush(i, 1)
	}
}

// connBits are those of a Ref that name the connection.
const connBits = 20

// Flush takes what an end has to send. It is needed when the end was told
// something outside of Before.
func (l *Lab) Flush(conn, side int) {
	e := l.Ends[conn][side]
	if l.Before != nil {
		l.Before(conn, side)
	}
	for {
		ref := l.place()
		s := &l.shelf[ref]
		if !e.Next(l.Now, s) {
			l.unused = append(l.unused, ref)
			break
		}
		l.send(conn, side, ref, s)
	}
	l.wakes[conn][side] = e.WakeAt()
}

func (l *Lab) send(conn, side int, ref uint64, s *tcp.Segment) {
	if l.Sees != nil {
		l.Sees(side, s, link.Arrives)
	}
	if l.Loses != nil && l.Loses(side, s) {
		l.unused = append(l.unused, ref)
		return
	}
	l.Links[side].Offer(l.Now, link.Packet{Ref: ref<<connBits | uint64(conn), Flow: uint32(conn), Bytes: int32(s.Packet()), Whole: true})
	l.collect(side)
}

// place is an unused segment.
func (l *Lab) place() uint64 {
	if n := len(l.unused); n > 0 {
		ref := l.unused[n-1]
		l.unused = l.unused[:n-1]
		return ref
	}
	l.shelf = append(l.shelf, tcp.Segment{})
	return uint64(len(l.shelf) - 1)
}

// collect takes what a link has decided.
func (l *Lab) collect(side int) {
	for p := (link.Passage{}); l.Links[side].Next(l.Now, &p); {
		l.Fates[p.Fate]++
		ref := p.Ref >> connBits
		if p.Fate != link.Arrives {
			l.dropped(side, ref, &p)
			continue
		}
		if p.Twin {
			twin := l.place()
			l.shelf[twin] = l.shelf[ref]
			p.Ref = twin<<connBits | p.Ref&(1<<connBits-1)
		}
		l.flying[1-side].add(&p)
	}
}

func (l *Lab) dropped(side int, ref uint64, p *link.Passage) {
	if l.Sees != nil {
		l.Sees(side, &l.shelf[ref], p.Fate)
	}
	if !p.Twin {
		l.unused = append(l.unused, ref)
	}
}

// land lets the next packet arrive at a side.
func (l *Lab) land(side int) {
	p := l.flying[side].take()
	ref, conn := p.Ref>>connBits, int(p.Ref&(1<<connBits-1))
	l.Events++
	l.Ends[conn][side].Arrives(l.Now, &l.shelf[ref])
	l.unused = append(l.unused, ref)
	l.Flush(conn, side)
}
