package capture_test

import (
	"bytes"
	"math"
	"testing"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/reports/pcap"
	"github.com/meshdyno/meshdyno/topologies/capture"
	"github.com/meshdyno/meshdyno/unit"
	"github.com/meshdyno/meshdyno/wire/lab"
	"github.com/meshdyno/meshdyno/wire/link"
	"github.com/meshdyno/meshdyno/wire/tcp"
)

// run is what goes in.
type run struct {
	latency  unit.Duration
	loss     unit.Ratio
	requests int // on each connection
	conns    int
	request  int // bytes on the wire
	response int
	think    mesh.Time
	gap      mesh.Time // between the beginnings of connections
	tap      int       // where packets are seen: where they leave (0), at the client (1), at the server (2)
}

// write plays connections in labs, one after another in time, and writes them
// as one file.
func (r *run) write(t testing.TB) (file []byte, resent int64) {
	var tape pcap.Tape
	wire := link.Settings{Latency: chance.FixedDuration(r.latency), Bandwidth: unit.Gbps}
	if r.loss > 0 && r.tap == 0 {
		wire.Loss = &link.LossChoice{}
		wire.Loss.SetKind("bernoulli", &link.Bernoulli{Rate: r.loss})
	}
	for i := range r.conns {
		resent += r.talk(t, &tape, &wire, i)
	}
	var out bytes.Buffer
	w := pcap.NewWriter(&out, pcap.Options{})
	if err := tape.Write(w); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), resent
}

// talk is one connection: an exchange every think after the last one.
func (r *run) talk(t testing.TB, tape *pcap.Tape, wire *link.Settings, i int) int64 {
	var s tcp.Settings
	s.SetDefaults()
	shift := pcap.ScaleOf(int64(s.ReceiveBuffer))
	begin := mesh.Time(i) * r.gap
	conn := &pcap.Conn{ID: uint64(i), Ends: [2]pcap.Socket{{Pod: "web-0", Port: uint16(20000 + i)}, {Pod: "db-0", Port: 80}}, Scale: [2]uint8{shift, shift}}
	l := lab.New(wire, wire, uint64(i))
	l.Sees = func(side int, s *tcp.Segment, fate link.Fate) {
		if fate == link.Arrives && r.tap == 0 {
			*tape = append(*tape, pcap.Packet{At: begin + l.Now, Conn: conn, Side: side, Segment: *s})
		}
	}
	if r.tap > 0 {
		l.Links[0], l.Links[1] = plainLinks(r.latency)
		dice := chance.Keyed(uint64(1000 + i))
		l.Loses = func(side int, s *tcp.Segment) bool {
			lost, at := dice.Float64() < float64(r.loss), begin+l.Now
			away := side == 2-r.tap // seen where it arrives
			if away {
				at += mesh.Time(r.latency)
			}
			if !away || !lost {
				*tape = append(*tape, pcap.Packet{At: at, Conn: conn, Side: side, Segment: *s, There: away})
			}
			return lost
		}
	}
	client, server := l.Connect(&s, &s)
	asked, answered := 0, 0
	due := mesh.Never
	l.Before = func(_, side int) {
		switch {
		case side == 0 && asked == answered && client.Received() >= int64(answered*r.response) && asked < r.requests:
			client.Write(l.Now, int64(r.request), 0)
			asked++
		case side == 0 && asked == r.requests && client.Received() >= int64(asked*r.response):
			client.Close(l.Now)
		case side == 1 && server.Ended():
			server.Close(l.Now)
		}
	}
	l.Start()
	for l.Step(min(due, mesh.Time(3600e9))) || due != mesh.Never {
		if due == mesh.Never && answered < asked && server.Received() >= int64(asked*r.request) {
			due = l.Now + r.think
		}
		if due != mesh.Never && (l.Now >= due || !l.Step(due)) {
			l.Now = due
			server.Write(due, int64(r.response), 0)
			answered++
			due = mesh.Never
			l.Flush(0, 1)
		}
	}
	if client.Received() < int64(r.requests*r.response) {
		t.Fatalf("%d of %d answered", answered, r.requests)
	}
	return client.Counts.Resent + server.Counts.Resent
}

// plainLinks have a latency and nothing else.
func plainLinks(latency unit.Duration) (there, back *link.Link) {
	s := &link.Settings{Latency: chance.FixedDuration(latency)}
	return link.New(s, 1), link.New(s, 2)
}

func near(got, want, share float64) bool { return math.Abs(got-want) <= share*want }

// TestRoundTrip: what a lab run was made of comes back from its capture.
func TestRoundTrip(t *testing.T) {
	for _, r := range []run{
		{latency: 10 * unit.Millisecond, conns: 50, requests: 4, request: 300, response: 5000, think: 3e6, gap: 1e9},
		{latency: 250 * unit.Microsecond, conns: 50, requests: 4, request: 2000, response: 200_000, think: 1e6, gap: 1e9},
		{latency: 10 * unit.Millisecond, loss: 0.01, conns: 50, requests: 3, request: 300, response: 200_000, think: 3e6, gap: 10e9},
		{latency: 30 * unit.Millisecond, loss: 0.03, conns: 50, requests: 3, request: 300, response: 200_000, think: 3e6, gap: 10e9},
		{latency: 10 * unit.Millisecond, loss: 0.02, conns: 50, requests: 3, request: 300, response: 200_000, think: 3e6, gap: 10e9, tap: 1},
		{latency: 10 * unit.Millisecond, loss: 0.02, conns: 50, requests: 3, request: 300, response: 200_000, think: 3e6, gap: 10e9, tap: 2},
		{latency: 10 * unit.Millisecond, conns: 50, requests: 3, request: 300, response: 200_000, think: 3e6, gap: 10e9, tap: 1},
	} {
		file, resent := r.write(t)
		c, err := capture.Read("lab", bytes.NewReader(file), capture.Options{})
		if err != nil || len(c.Services) != 1 {
			t.Fatalf("%v, %d services", err, len(c.Services))
		}
		s := c.Services[0]
		loss := float64(c.Lost) / float64(c.Sent)
		t.Logf("round trip %.3f ms, loss %.4f of %d (resent %d), request %.0f, response %.0f, answer %.3f ms; %+v",
			c.Trip.Mean()/1e6, loss, c.Sent, resent, s.Request.Mean(), s.Response.Mean(), s.Answer.Mean()/1e6, c.Counts)
		if c.Trip.N == 0 || !near(c.Trip.Mean(), 2*float64(r.latency), 0.01) {
			t.Errorf("round trip of %v", c.Trip.Mean())
		}
		if s.Requests != r.conns*r.requests || s.Request.Mean() != float64(r.request) || s.Response.Mean() != float64(r.response) {
			t.Errorf("%d requests of %v, responses of %v", s.Requests, s.Request.Mean(), s.Response.Mean())
		}
		if r.loss == 0 && c.Lost > 0 || math.Abs(loss-float64(r.loss)) > 0.1*float64(r.loss)+0.0005 {
			t.Errorf("loss of %v for %v", loss, r.loss)
		}
		if r.loss == 0 && !near(s.Answer.Mean(), float64(r.think), 0.05) {
			t.Errorf("answers after %v of %v", s.Answer.Mean(), r.think)
		}
		if c.Names[s.At.Addr()] != "db-0" {
			t.Errorf("names %v", c.Names)
		}
	}
}
