package tcp_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/unit"
	"github.com/meshdyno/meshdyno/wire/lab"
	"github.com/meshdyno/meshdyno/wire/link"
	"github.com/meshdyno/meshdyno/wire/tcp"
)

// The rig: a lab, and a log of what is sent.
type rig struct {
	*lab.Lab
	t   testing.TB
	log *strings.Builder
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
	return &rig{t: t, Lab: lab.New(&there, &back, chance.Key(seed, 0, "tcp", "rig"))}
}

// start sends the first segments.
func (r *rig) start() *rig {
	r.Start()
	return r
}

// recorded keeps a log of all that is sent.
func (r *rig) recorded() *rig {
	r.log = &strings.Builder{}
	r.Sees = func(side int, s *tcp.Segment, fate link.Fate) {
		note := ""
		if fate != link.Arrives {
			note = " " + fate.String()
		}
		fmt.Fprintf(r.log, "%v %s %s%s\n", r.Now, [2]string{">", "<"}[side], describe(s), note)
	}
	return r
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
