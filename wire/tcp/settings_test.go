package tcp_test

import (
	"strings"
	"testing"

	"github.com/meshdyno/meshdyno/internal/strict"
	"github.com/meshdyno/meshdyno/wire/tcp"
)

// TestKnobsAreRead: settings say in YAML what they are, and wrong ones where.
func TestKnobsAreRead(t *testing.T) {
	var s tcp.Settings
	const text = `
mtu: 9000B
initial_window: 4
congestion: {kind: cubic, beta: 80%, hystart: false}
loss_detection: duplicates
receive_buffer: 64KiB
no_delay: true
delayed_ack: 200ms
min_rto: 1s
keepalive: true
`
	if _, err := strict.Decode("tcp.yaml", []byte(text), &s); err != nil {
		t.Fatal(err)
	}
	if c := s.Congestion.Settings.(*tcp.Cubic); s.MTU != 9000 || c.Beta != 0.8 || c.HyStart || !c.FastConvergence || !s.SACK || s.QuickAcks != 16 {
		t.Errorf("%+v, %+v", s, c)
	}
	for text, want := range map[string]string{
		"mtu: 60B":                       "mtu",
		"congestion: {kind: cubik}":      "did you mean cubic?",
		"congestion: {kind: reno, c: 1}": "c",
		"min_rto: 1m\nmax_rto: 1s":       "min_rto is above max_rto",
		"loss_detection: rak":            "rack",
		"receive_buffer: 2GiB":           "1GiB",
	} {
		var s tcp.Settings
		if _, err := strict.Decode("tcp.yaml", []byte(text), &s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
	var p tcp.PortSettings
	if _, err := strict.Decode("tcp.yaml", []byte("{first: 50000, last: 40000}"), &p); err == nil || !strings.Contains(err.Error(), "last is below first") {
		t.Errorf("ports from the last to the first: %v", err)
	}
	var b tcp.BacklogSettings
	if _, err := strict.Decode("tcp.yaml", []byte("{accept: 128, cookies: false}"), &b); err != nil || b.Accept != 128 || b.Syn != 4096 {
		t.Errorf("%+v, %v", b, err)
	}
}

// TestEveryControl holds the whole menu to what a Control promises: it never
// shrinks on an acknowledgement, and shrinks at a loss, but not below two
// segments.
func TestEveryControl(t *testing.T) {
	for _, row := range tcp.Controls.Rows() {
		c := row.New().New()
		w := &tcp.Window{Size: 14480, Threshold: 1 << 60, Segment: 1448}
		for i := range 1000 {
			before := w.Size
			c.Acked(ms(float64(i)), w, tcp.Ack{Bytes: 1448, Trip: 1e6, Smooth: 1e6})
			if w.Size < before {
				t.Fatalf("%s: an acknowledgement shrinks the window", row.Name)
			}
		}
		for _, loss := range []func(){func() { c.Lost(ms(1000), w, w.Size) }, func() { c.TimedOut(ms(1000), w, w.Size) }, func() { c.Lost(ms(1000), w, 1) }} {
			size := w.Size
			if loss(); w.Threshold >= size || w.Threshold < 2*1448 {
				t.Errorf("%s: a threshold of %d after a loss at %d", row.Name, w.Threshold, size)
			}
		}
		c.Reset()
		w.Size, w.Threshold = 14480, 1<<60
		if c.Acked(0, w, tcp.Ack{Bytes: 1448}); w.Size != 2*1448*5+1448 {
			t.Errorf("%s: the window is %d after the first acknowledgement", row.Name, w.Size)
		}
	}
}
