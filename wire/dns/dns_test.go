package dns_test

import (
	"slices"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/unit"
	"github.com/meshdyno/meshdyno/wire/dns"
)

const name = "payments.default.svc.cluster.local"

// TestSizes: 12 + (34 + 2) + 4 for the question, 11 for EDNS, 2 + 10 + 4 for each
// address.
func TestSizes(t *testing.T) {
	if got := dns.Query(name, false); got != 12+36+4 {
		t.Errorf("question: %d bytes, want 52", got)
	}
	if got := dns.Query(name+".", true); got != 12+36+4+11 {
		t.Errorf("question with EDNS: %d bytes, want 63", got)
	}
	if got := dns.Answer(name, true, 3, dns.A); got != 63+3*16 {
		t.Errorf("answer: %d bytes, want 111", got)
	}
	if got := dns.Answer(name, false, 1, dns.AAAA); got != 52+28 {
		t.Errorf("answer: %d bytes, want 80", got)
	}
}

// TestAgainstBuilder builds the same messages with golang.org/x/net.
func TestAgainstBuilder(t *testing.T) {
	for records := range 40 {
		b := dnsmessage.NewBuilder(nil, dnsmessage.Header{Response: records > 0})
		b.EnableCompression()
		n := dnsmessage.MustNewName(name + ".")
		_ = b.StartQuestions()
		_ = b.Question(dnsmessage.Question{Name: n, Type: dnsmessage.TypeA, Class: dnsmessage.ClassINET})
		_ = b.StartAnswers()
		for range records {
			_ = b.AResource(dnsmessage.ResourceHeader{Name: n, Class: dnsmessage.ClassINET}, dnsmessage.AResource{})
		}
		_ = b.StartAdditionals()
		var h dnsmessage.ResourceHeader
		_ = h.SetEDNS0(1232, 0, false)
		_ = b.OPTResource(h, dnsmessage.OPTResource{})
		out, err := b.Finish()
		if err != nil {
			t.Fatal(err)
		}
		if got := dns.Answer(name, true, records, dns.A); got != len(out) {
			t.Errorf("%d records: %d bytes, want %d", records, got, len(out))
		}
	}
}

// TestTruncation: with EDNS, 73 addresses fit 1,232 bytes and 74 do not; without,
// 28 fit 512.
func TestTruncation(t *testing.T) {
	var s dns.Settings
	s.SetDefaults()
	for _, c := range []struct {
		edns    unit.Size
		records int
		cut     bool
	}{{1232, 73, false}, {1232, 74, true}, {0, 28, false}, {0, 29, true}} {
		s.EDNS = c.edns
		if got := dns.Truncated(dns.Answer(name, c.edns > 0, c.records, dns.A), &s); got != c.cut {
			t.Errorf("%d addresses in %d bytes: cut %v", c.records, c.edns, got)
		}
	}
}

// TestNames: in Kubernetes (ndots 5) a name of the outside world is first looked
// up three times in vain.
func TestNames(t *testing.T) {
	var s dns.Settings
	s.SetDefaults()
	s.Ndots, s.Search = 5, []string{"default.svc.cluster.local", "svc.cluster.local", "cluster.local"}
	for name, want := range map[string][]string{
		"api.example.com":  {"api.example.com.default.svc.cluster.local", "api.example.com.svc.cluster.local", "api.example.com.cluster.local", "api.example.com"},
		"api.example.com.": {"api.example.com"},
		"a.b.c.d.e.f":      {"a.b.c.d.e.f", "a.b.c.d.e.f.default.svc.cluster.local", "a.b.c.d.e.f.svc.cluster.local", "a.b.c.d.e.f.cluster.local"},
	} {
		if got := s.Names(name); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

// TestSilence: two servers that do not answer are asked twice, five seconds
// each: twenty seconds go by.
func TestSilence(t *testing.T) {
	var s dns.Settings
	s.SetDefaults()
	s.Servers = 2
	var l dns.Lookup
	now, asked := mesh.Time(0), []int{}
	for a := l.Begin(now, &s); a != dns.GivenUp; a = l.Wake(now) {
		asked = append(asked, l.Server())
		if early := l.Wake(l.WakeAt() - 1); early != dns.Wait {
			t.Errorf("woken early: %d", early)
		}
		now = l.WakeAt()
	}
	if now != mesh.Time(20*time.Second) || !slices.Equal(asked, []int{0, 1, 0, 1}) || l.WakeAt() != mesh.Never {
		t.Errorf("asked %v until %s, want [0 1 0 1] until 20s", asked, now)
	}
}

// TestLost: the first question is lost, the second answered, cut short, asked
// again over TCP; a late answer changes nothing.
func TestLost(t *testing.T) {
	var s dns.Settings
	s.SetDefaults()
	var l dns.Lookup
	l.Begin(0, &s)
	second := l.WakeAt()
	for i, c := range []struct{ got, want dns.Action }{
		{l.Wake(second), dns.AskUDP},
		{l.Answered(second+1, true), dns.AskTCP},
		{l.Wake(second + 2), dns.Wait},
		{l.Answered(second+3, false), dns.Resolved},
		{l.Answered(second+4, false), dns.Wait},
	} {
		if c.got != c.want {
			t.Errorf("step %d: %d, want %d", i, c.got, c.want)
		}
	}
}

func BenchmarkLookup(b *testing.B) {
	var s dns.Settings
	s.SetDefaults()
	var l dns.Lookup
	b.ReportAllocs()
	for b.Loop() {
		l.Begin(0, &s)
		if l.Answered(1, dns.Truncated(dns.Answer(name, true, 3, dns.A), &s)) != dns.Resolved {
			b.Fatal("no answer")
		}
	}
}
