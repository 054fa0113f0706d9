package capture_test

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"runtime"
	"testing"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"

	"github.com/meshdyno/meshdyno/topologies/capture"
)

type dur = time.Duration

const msec = time.Millisecond

var epoch = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func ether(kind layers.EthernetType) *layers.Ethernet {
	return &layers.Ethernet{SrcMAC: make(net.HardwareAddr, 6), DstMAC: make(net.HardwareAddr, 6), EthernetType: kind}
}

func ip4(from, to byte) *layers.IPv4 {
	return &layers.IPv4{Version: 4, TTL: 64, Protocol: layers.IPProtocolTCP, SrcIP: net.IP{10, 0, 0, from}, DstIP: net.IP{10, 0, 0, to}}
}

// data is a TCP segment from client (1) to server (2), or back, below any
// layers.
func data(t testing.TB, below []gopacket.SerializableLayer, from, to byte, seq, ack uint32, text string) []byte {
	ip := ip4(from, to)
	tcp := &layers.TCP{SrcPort: layers.TCPPort(1000 * uint16(from)), DstPort: layers.TCPPort(1000 * uint16(to)), Seq: seq, Ack: ack, ACK: true, PSH: true, Window: 1000}
	if from == 1 {
		tcp.SrcPort, tcp.DstPort = 40000, 80
	} else {
		tcp.SrcPort, tcp.DstPort = 80, 40000
	}
	if below == nil {
		below = []gopacket.SerializableLayer{ether(layers.EthernetTypeIPv4)}
	}
	return stack(t, append(below, ip, tcp, gopacket.Payload(text))...)
}

func must(t *testing.T, file []byte) *capture.Capture {
	t.Helper()
	c, err := capture.Read("x", bytes.NewReader(file), capture.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestVLANs: stacks of tags are looked through, however deep.
func TestVLANs(t *testing.T) {
	var frames [][]byte
	for _, depth := range []int{0, 1, 2, 300} {
		below := []gopacket.SerializableLayer{ether(layers.EthernetTypeIPv4)}
		for i := range depth {
			below[0] = ether(layers.EthernetTypeDot1Q)
			kind := layers.EthernetTypeDot1Q
			if i == depth-1 {
				kind = layers.EthernetTypeIPv4
			}
			below = append(below, &layers.Dot1Q{VLANIdentifier: uint16(i), Type: kind})
		}
		frames = append(frames, data(t, below, 1, 2, uint32(100+10*len(frames)), 1, "0123456789"))
	}
	c := must(t, plain(t, frames...))
	if c.Counts.Tagged != 3 || c.Counts.TCP != 4 || len(c.Services) != 1 || c.Services[0].Request.Mean() != 40 {
		t.Errorf("%+v", c.Counts)
	}
}

// TestFragments: pieces of IP packets are counted and nothing else, also when
// their first has a TCP header.
func TestFragments(t *testing.T) {
	first := data(t, nil, 1, 2, 100, 1, "0123456789")
	first[14+6] |= 0x20 // more fragments
	later := data(t, nil, 1, 2, 100, 1, "0123456789")
	later[14+7] = 8 // offset
	c := must(t, plain(t, first, later, data(t, nil, 1, 2, 100, 1, "abc")))
	if c.Counts.Fragments != 2 || c.Counts.TCP != 1 || c.Services[0].Request.Mean() != 3 {
		t.Errorf("%+v", c.Counts)
	}
}

// TestOverlaps: each byte counts once, whatever segments overlap.
func TestOverlaps(t *testing.T) {
	c := must(t, plain(t,
		data(t, nil, 1, 2, 100, 1, "0123456789"),
		data(t, nil, 1, 2, 105, 1, "56789abcde"), // overlaps
		data(t, nil, 1, 2, 100, 1, "0123456789"), // again
		data(t, nil, 1, 2, 130, 1, "xyz"),        // leaves a hole
		data(t, nil, 1, 2, 118, 1, "zz"),         // in its middle
		data(t, nil, 2, 1, 1, 133, "answer"),
	))
	if s := c.Services[0]; c.Counts.Overlaps != 1 || s.Requests != 1 || s.Request.Mean() != 33 || s.Response.Mean() != 6 {
		t.Errorf("%+v %+v", c.Counts, c.Services[0])
	}
}

// TestSequenceNumbersWrap: 2^32 is not the end.
func TestSequenceNumbersWrap(t *testing.T) {
	c := must(t, plain(t, data(t, nil, 1, 2, 0xfffffffa, 1, "0123456789"), data(t, nil, 1, 2, 4, 1, "0123456789"), data(t, nil, 2, 1, 1, 14, "!")))
	if s := c.Services[0]; s.Request.Mean() != 20 || c.Lost != 0 {
		t.Errorf("%+v", s)
	}
}

// TestNonsense: headers that make no sense are counted.
func TestNonsense(t *testing.T) {
	short := data(t, nil, 1, 2, 1, 1, "")[:14+20+5]
	offset := data(t, nil, 1, 2, 1, 1, "")
	offset[14+20+12] = 0xf0
	length := data(t, nil, 1, 2, 1, 1, "abc")
	binary.BigEndian.PutUint16(length[14+2:], 30)
	arp := stack(t, ether(layers.EthernetTypeARP), gopacket.Payload(make([]byte, 28)))
	icmp := ip4(1, 2)
	icmp.Protocol = layers.IPProtocolICMPv4
	c := must(t, plain(t, short, offset, length, arp, stack(t, ether(layers.EthernetTypeIPv4), icmp, gopacket.Payload(make([]byte, 8))), []byte{1, 2, 3}))
	if n := c.Counts; n.Broken < 3 || n.NotIP != 1 || n.Other != 1 || n.Packets != 6 {
		t.Errorf("%+v", n)
	}
}

// manyFlows is a pcap file of so many connections of one packet with data each,
// made as it is read.
type manyFlows struct {
	n, made int
	record  []byte
	left    []byte
}

func (m *manyFlows) Read(p []byte) (int, error) {
	if len(m.left) == 0 {
		if m.made == m.n {
			return 0, io.EOF
		}
		binary.LittleEndian.PutUint32(m.record, uint32(1e9+m.made/1000))
		ip := m.record[16+14:]
		binary.BigEndian.PutUint32(ip[12:], 0x0b000000+uint32(m.made))   // from
		binary.BigEndian.PutUint32(ip[16:], 0x0a000000+uint32(m.made/9)) // to
		m.made++
		m.left = m.record
	}
	n := copy(p, m.left)
	m.left = m.left[n:]
	return n, nil
}

// TestAMillionFlows: what does not fit is counted, and memory stays bounded.
func TestAMillionFlows(t *testing.T) {
	n := 1_000_000
	if testing.Short() {
		n = 100_000
	}
	file := plain(t, data(t, nil, 1, 2, 1, 1, "hello"))
	c, err := capture.Read("x", io.MultiReader(bytes.NewReader(file[:24]), &manyFlows{n: n, record: file[24:]}), capture.Options{Flows: 10_000})
	if err != nil {
		t.Fatal(err)
	}
	var now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&now)
	t.Logf("%+v; %d MB", c.Counts, now.HeapAlloc>>20)
	if c.Counts.Flows != n || c.Counts.Evicted != n-10_000 || len(c.Services) != 4096 || c.Counts.Services == 0 {
		t.Errorf("%+v, %d services", c.Counts, len(c.Services))
	}
	if now.HeapAlloc > 64<<20 {
		t.Errorf("%d MB", now.HeapAlloc>>20)
	}
	runtime.KeepAlive(c)
}
