package pcap_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/reports/pcap"
	"github.com/meshdyno/meshdyno/unit"
	"github.com/meshdyno/meshdyno/wire/lab"
	"github.com/meshdyno/meshdyno/wire/link"
	"github.com/meshdyno/meshdyno/wire/tcp"
)

// exchange is a request and its response, as bytes.
type exchange struct{ request, response []byte }

// play lets a client in a lab send requests one after another, each answered
// after a think of the server, and writes what leaves. It returns the ends.
func play(t *testing.T, w *pcap.Writer, wire *link.Settings, s *tcp.Settings, port uint16, exchanges []exchange) (l *lab.Lab, talk *pcap.Conn) {
	t.Helper()
	shift := pcap.ScaleOf(int64(s.ReceiveBuffer))
	talk = &pcap.Conn{ID: 1, Ends: [2]pcap.Socket{{Pod: "web-0", Port: 40000}, {Pod: "db-0", Port: port}}, Scale: [2]uint8{shift, shift}}
	l = lab.New(wire, wire, 7)
	l.Sees = func(side int, s *tcp.Segment, fate link.Fate) {
		if fate == link.Arrives {
			p := &pcap.Packet{At: l.Now, Conn: talk, Side: side, Segment: *s}
			if s.Len > 0 {
				p.Comment = "web -> db"
			}
			if err := w.Segment(p); err != nil {
				t.Fatal(err)
			}
		}
	}
	client, server := l.Connect(s, s)
	var asked, answered int
	var requested, responded int64
	l.Before = func(_, side int) {
		switch {
		case side == 0 && asked == answered && asked < len(exchanges) && client.Received() >= responded:
			e := exchanges[asked]
			talk.Data[0].Write(e.request)
			client.Write(l.Now, int64(len(e.request)), 0)
			requested += int64(len(e.request))
			responded += int64(len(e.response))
			asked++
		case side == 0 && asked == len(exchanges) && client.Received() >= responded:
			client.Close(l.Now)
		case side == 1 && answered < asked && server.Received() >= requested:
			talk.Data[1].Write(exchanges[answered].response)
			server.Write(l.Now, int64(len(exchanges[answered].response)), 0)
			answered++
		case side == 1 && server.Ended():
			server.Close(l.Now)
		}
	}
	l.Start()
	l.Run(mesh.Time(3600e9))
	if client.Received() < responded || answered < len(exchanges) {
		t.Fatalf("the lab answered %d of %d", answered, len(exchanges))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return l, talk
}

// wire is a link of 10 ms with a loss.
func wire(loss unit.Ratio) *link.Settings {
	l := &link.Settings{Latency: chance.FixedDuration(10 * unit.Millisecond), Bandwidth: 100 * unit.Mbps}
	if loss > 0 {
		l.Loss = &link.LossChoice{}
		l.Loss.SetKind("bernoulli", &link.Bernoulli{Rate: loss})
	}
	return l
}

func hosts() *tcp.Settings {
	var s tcp.Settings
	s.SetDefaults()
	return &s
}

// shark reads a capture with tshark and returns the lines of some fields of the
// packets that a filter selects.
func shark(t *testing.T, capture []byte, filter string, arguments ...string) []string {
	t.Helper()
	program, err := exec.LookPath("tshark")
	if err != nil {
		t.Skip("tshark is not installed: apt-get install tshark, and the captures are also read by Wireshark")
	}
	name := filepath.Join(t.TempDir(), "run.pcapng")
	if err := os.WriteFile(name, capture, 0o600); err != nil {
		t.Fatal(err)
	}
	// Without the out-of-order option tshark calls a segment sent again an error
	// of reassembly.
	args := append([]string{"-n", "-r", name, "-o", "tcp.check_checksum:TRUE", "-o", "tcp.reassemble_out_of_order:TRUE", "-o", "ip.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE",
		"-d", "tcp.port==50051,http2", "-Y", filter}, arguments...)
	command := exec.Command(program, args...)
	var complaints bytes.Buffer
	command.Stderr = &complaints
	out, err := command.Output()
	if err != nil {
		t.Fatalf("tshark: %v\n%s", err, &complaints)
	}
	return strings.FieldsFunc(string(out), func(r rune) bool { return r == '\n' })
}

// flawless wants no note of tshark that something is wrong; of a capture in
// which nothing is lost, or other, the filter of more notes.
func flawless(t *testing.T, capture []byte, more ...string) {
	t.Helper()
	const wrong = "_ws.malformed || _ws.expert.severity == error || ip.checksum.status == 0 || tcp.checksum.status == 0 || udp.checksum.status == 0 || " +
		"tcp.analysis.ack_lost_segment || tcp.analysis.window_full || tcp.analysis.lost_segment"
	for _, line := range shark(t, capture, strings.Join(append(more, wrong), " || ")) {
		t.Errorf("tshark complains: %s", line)
	}
}
