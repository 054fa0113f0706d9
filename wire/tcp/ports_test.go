package tcp_test

import (
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/wire/tcp"
)

// TestPortsRunOut: 28,232 ports that rest a minute carry 470 new connections a
// second to one address for ever, and not one more.
func TestPortsRunOut(t *testing.T) {
	var s tcp.PortSettings
	s.SetDefaults()
	for _, c := range []struct {
		rate  int
		reuse bool
		fails bool
	}{{470, false, false}, {471, false, true}, {1000, false, true}, {10000, true, false}} {
		s.Reuse = c.reuse
		p, failed := tcp.NewPorts(&s), mesh.Never
		for i := range c.rate * 120 {
			now := mesh.Time(i) * mesh.Time(time.Second) / mesh.Time(c.rate)
			port, ok := p.Take(now)
			if !ok {
				failed = now
				break
			}
			p.Give(now, port, true)
		}
		if got := failed != mesh.Never; got != c.fails {
			t.Errorf("%d a second, reuse %v: failed at %v", c.rate, c.reuse, failed)
		}
		if c.fails && failed != mesh.Time(28232)*mesh.Time(time.Second)/mesh.Time(c.rate) {
			t.Errorf("%d a second: failed at %v, not with the port after the last", c.rate, failed)
		}
	}
}

// TestPortsAreNeverSharedAndComeBack takes all, and gives some back each way.
func TestPortsAreNeverSharedAndComeBack(t *testing.T) {
	s := tcp.PortSettings{First: 10, Last: 13, TimeWait: 60e9}
	p, seen := tcp.NewPorts(&s), map[int]bool{}
	for range 4 {
		port, ok := p.Take(0)
		if !ok || seen[port] || port < 10 || port > 13 {
			t.Fatalf("port %d, %v", port, ok)
		}
		seen[port] = true
	}
	if _, ok := p.Take(0); ok || p.Taken() != 4 {
		t.Errorf("a fifth of four ports; %d taken", p.Taken())
	}
	p.Give(ms(1000), 12, false)
	p.Give(ms(2000), 11, true)
	if port, ok := p.Take(ms(2000)); !ok || port != 12 {
		t.Errorf("got %d, %v; 12 was free at once", port, ok)
	}
	if _, ok := p.Take(ms(61999)); ok || p.NextRested() != ms(62000) || p.Resting() != 1 {
		t.Errorf("11 came back before its time, which is %v", p.NextRested())
	}
	if port, ok := p.Take(ms(62000)); !ok || port != 11 || p.NextRested() != mesh.Never {
		t.Errorf("got %d, %v; 11 has rested", port, ok)
	}
}

// TestBacklogFills: an application that does not accept, with room for two.
func TestBacklogFills(t *testing.T) {
	s := tcp.BacklogSettings{Accept: 2, Syn: 2}
	b := tcp.NewBacklog(&s)
	want := func(what string, got, want tcp.Welcome) {
		t.Helper()
		if got != want {
			t.Errorf("%s is %v, want %v", what, got, want)
		}
	}
	want("the first SYN", b.Syn(), tcp.Answered)
	want("the second SYN", b.Syn(), tcp.Answered)
	want("a third SYN", b.Syn(), tcp.Dropped)
	s.Cookies = true
	want("a third SYN, with cookies", b.Syn(), tcp.Cookied)
	want("the first ACK", b.Handshaken(false), tcp.Admitted)
	want("the second ACK", b.Handshaken(false), tcp.Admitted)
	want("the ACK of the cookie", b.Handshaken(true), tcp.Admitted) // Linux holds one more than the backlog says
	want("a SYN while none is accepted", b.Syn(), tcp.Dropped)
	want("an ACK while none is accepted", b.Handshaken(true), tcp.Dropped)
	s.Abort = true
	want("an ACK with abort_on_overflow", b.Handshaken(true), tcp.Rejected)
	if !b.Accept() || b.Waiting() != 2 || b.HalfOpen() != 0 {
		t.Errorf("%d wait, %d half open", b.Waiting(), b.HalfOpen())
	}
	want("a SYN after one was accepted", b.Syn(), tcp.Answered)
	b.GaveUp()
	if b.HalfOpen() != 0 {
		t.Errorf("%d half open after giving up", b.HalfOpen())
	}
}
