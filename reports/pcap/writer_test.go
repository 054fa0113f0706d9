package pcap_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/reports/pcap"
	"github.com/meshdyno/meshdyno/wire/link"
	"github.com/meshdyno/meshdyno/wire/tcp"
)

func http1(n int) (all []exchange) {
	for i := range n {
		all = append(all, exchange{
			pcap.Request1(&pcap.Message{Authority: "db", Path: fmt.Sprintf("/orders/%d", i), Body: 100 * i}),
			pcap.Response1(&pcap.Message{Body: 1000 * i}),
		})
	}
	return all
}

// grpc begins with the prefaces of both sides as one exchange.
func grpc(n int) []exchange {
	client, server := pcap.NewHTTP2(), pcap.NewHTTP2()
	all := []exchange{{client.Open(true), append(server.Open(false), server.Agree()...)}}
	for i := range n {
		request, stream := client.Request(&pcap.Message{Authority: "db", Path: "/shop.Orders/Get", GRPC: true, Body: i * 37})
		if i == 0 {
			request = append(client.Agree(), request...)
		}
		all = append(all, exchange{request, server.Response(stream, &pcap.Message{GRPC: true, GRPCCode: i % 2 * 5, Body: i * 8000})})
	}
	return all
}

func tls() []exchange {
	t := &pcap.TLS13{Key: 5}
	hello := append(append(t.ServerHello(), t.ChangeCipher()...), t.Seal(1300)...)
	return []exchange{{t.ClientHello("db.shop.svc", 512), hello}, {append(t.ChangeCipher(), t.Seal(52+200)...), t.Seal(40_000)}}
}

// TestReadBack: gopacket reads what was written: the layers, the addresses, the
// options, every byte, the interfaces, the comments and the names.
func TestReadBack(t *testing.T) {
	for _, six := range []bool{false, true} {
		var file bytes.Buffer
		exchanges := http1(5)
		_, talk := play(t, pcap.NewWriter(&file, pcap.Options{IPv6: six}), wire(0.01), hosts(), 80, exchanges)
		r, err := pcapgo.NewNgReader(&file, pcapgo.DefaultNgReaderOptions)
		if err != nil {
			t.Fatal(err)
		}
		var said [2]map[uint32]byte
		said[0], said[1] = map[uint32]byte{}, map[uint32]byte{}
		var first [2]uint32
		comments := 0
		for {
			data, info, options, err := r.ReadPacketDataWithOptions()
			if err != nil {
				break
			}
			p := gopacket.NewPacket(data, layers.LayerTypeEthernet, gopacket.Default)
			p.TransportLayer().(*layers.TCP).SetNetworkLayerForChecksum(p.NetworkLayer())
			if e := p.ErrorLayer(); e != nil {
				t.Fatal(e.Error())
			}
			if err, wrong := p.VerifyChecksums(); err != nil || len(wrong) > 0 {
				t.Errorf("checksums: %v %v", err, wrong)
			}
			face, _ := r.Interface(info.InterfaceIndex)
			seg := p.Layer(layers.LayerTypeTCP).(*layers.TCP)
			side := 0
			if seg.SrcPort == 80 {
				side = 1
			}
			if face.Name != talk.Ends[side].Pod {
				t.Errorf("a packet of side %d at %s", side, face.Name)
			}
			if seg.SYN {
				first[side] = seg.Seq
			}
			for i, b := range seg.Payload {
				said[side][seg.Seq-first[side]-1+uint32(i)] = b
			}
			if len(options.Comments) > 0 {
				comments++
			}
		}
		for side := range 2 {
			got := make([]byte, len(said[side]))
			for i, b := range said[side] {
				got[i] = b
			}
			var want []byte
			for _, e := range exchanges {
				want = append(want, [2][]byte{e.request, e.response}[side]...)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("side %d said %d bytes, others than the %d meant", side, len(got), len(want))
			}
		}
		if r.NNames() != 2 || comments == 0 {
			t.Errorf("%d names, %d comments", r.NNames(), comments)
		}
		if name, _ := r.Name(0); !slices.Contains(name.Names, "web-0") {
			t.Errorf("names: %v", name)
		}
	}
}

// TestSharkDecodes: no complaint, and the protocols inside.
func TestSharkDecodes(t *testing.T) {
	type finds map[string]int // by filter
	for _, c := range []struct {
		name      string
		port      uint16
		exchanges []exchange
		finds     finds
	}{
		{"HTTP/1.1", 80, http1(5), finds{"http.request": 5, "http.response.code == 200": 5}},
		{"gRPC", 50051, grpc(4), finds{
			"http2.magic": 1, `http2.headers.path == "/shop.Orders/Get" && grpc`: 4, `http2.header.name == "grpc-status" && http2.header.value == "5"`: 2,
		}},
		{"TLS", 443, tls(), finds{"tls.handshake.type == 1 || tls.handshake.type == 2": 2, "tls.record.opaque_type == 23": 5}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var file bytes.Buffer
			playOn(t, &file, c.port, c.exchanges)
			flawless(t, file.Bytes(), "tcp.analysis.flags")
			for filter, want := range c.finds {
				if got := shark(t, file.Bytes(), filter); len(got) != want {
					t.Errorf("%s: %d packets of %d\n%s", filter, len(got), want, strings.Join(got, "\n"))
				}
			}
		})
	}
}

// playOn writes a flow of exchanges, in which nothing is lost.
func playOn(t *testing.T, file *bytes.Buffer, port uint16, exchanges []exchange) {
	f := pcap.Flow{Latency: 1e6, Conn: &pcap.Conn{ID: uint64(port), Ends: [2]pcap.Socket{{Pod: "web-0", Port: 40001}, {Pod: "db-0", Port: port}}, Scale: [2]uint8{7, 7}}}
	f.Open(0)
	at := mesh.Time(2e6)
	for i, e := range exchanges {
		f.Message(0, at, at+1e6+mesh.Time(len(e.request))*10, e.request, fmt.Sprintf("request %d, web -> db", i))
		at += 2e6 + mesh.Time(len(e.request))*10
		f.Message(1, at, at+1e6+mesh.Time(len(e.response))*10, e.response, fmt.Sprintf("request %d, db -> web", i))
		at += 2e6 + mesh.Time(len(e.response))*10
	}
	f.Close(at)
	w := pcap.NewWriter(file, pcap.Options{})
	if err := pcap.Tape(f.Packets()).Write(w); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestSharkCountsOurRetransmissions: on a lossy link tshark's count is what the
// endpoints counted themselves. Sent soon after and with few duplicate
// acknowledgements before it, tshark guesses a retransmission to be out of
// order; where packets leave in order, as here, it never is.
func TestSharkCountsOurRetransmissions(t *testing.T) {
	for _, big := range []int{20_000, 300_000, 2_000_000} {
		var file bytes.Buffer
		exchanges := []exchange{}
		for range 5 {
			exchanges = append(exchanges, exchange{pcap.Request1(&pcap.Message{Authority: "db", Body: big / 10}), pcap.Response1(&pcap.Message{Body: big})})
		}
		l, _ := play(t, pcap.NewWriter(&file, pcap.Options{}), wire(0.02), hosts(), 80, exchanges)
		ours := l.Ends[0][0].Counts.Resent + l.Ends[0][1].Counts.Resent
		theirs := shark(t, file.Bytes(), "tcp.analysis.retransmission || tcp.analysis.out_of_order")
		t.Logf("%d bytes: resent %d, tshark %d; lost %d", big, ours, len(theirs), l.Fates[link.Lost])
		if int64(len(theirs)) != ours || ours == 0 {
			t.Errorf("%d retransmissions, tshark sees %d\n%s", ours, len(theirs), strings.Join(theirs, "\n"))
		}
		flawless(t, file.Bytes())
	}
}

// TestSharkDecodesWhatIsLost: gRPC over a lossy link, in IPv6, with and without
// the options of TCP.
func TestSharkDecodesWhatIsLost(t *testing.T) {
	for _, bare := range []bool{false, true} {
		s := hosts()
		if bare {
			s.SACK, s.Timestamps, s.WindowScale, s.ReceiveBuffer = false, false, false, 60_000
		}
		var file bytes.Buffer
		l, _ := play(t, pcap.NewWriter(&file, pcap.Options{IPv6: true}), wire(0.03), s, 50051, grpc(12))
		flawless(t, file.Bytes())
		if got := shark(t, file.Bytes(), `ipv6 && (http2.headers.path == "/shop.Orders/Get" && grpc || http2.header.name == "grpc-status")`); len(got) != 24 {
			t.Errorf("%d of 12 requests and answers\n%s", len(got), strings.Join(got, "\n"))
		}
		if l.Ends[0][1].Counts.Resent == 0 {
			t.Error("nothing was lost")
		}
	}
}

// TestOptions: the header of every set of options has the size
// that wire/tcp counts.
func TestOptions(t *testing.T) {
	for offers := range tcp.Options(8) {
		for _, flags := range []tcp.Flags{tcp.SYN, tcp.ACK} {
			for blocks := range uint8(4) {
				s := tcp.Segment{Flags: flags, Offers: offers, MSS: 1460, Window: 1000, Echo: mesh.Never, Count: blocks}
				if flags == tcp.SYN && blocks > 0 {
					continue
				}
				var file bytes.Buffer
				w := pcap.NewWriter(&file, pcap.Options{})
				talk := &pcap.Conn{Ends: [2]pcap.Socket{{Pod: "a", Port: 1}, {Pod: "b", Port: 2}}}
				if err := w.Segment(&pcap.Packet{Conn: talk, Segment: s}); err != nil {
					t.Fatal(err)
				}
				w.Close()
				r, _ := pcapgo.NewNgReader(&file, pcapgo.DefaultNgReaderOptions)
				data, _, err := r.ReadPacketData()
				if err != nil || len(data) != 14+s.Packet() {
					t.Errorf("%+v: %d bytes of %d, %v", s, len(data), 14+s.Packet(), err)
				}
			}
		}
	}
}

// TestDatagrams: whole, cut, and too large.
func TestDatagrams(t *testing.T) {
	for _, six := range []bool{false, true} {
		var file bytes.Buffer
		w := pcap.NewWriter(&file, pcap.Options{IPv6: six})
		for i, n := range []int{0, 100, 1452, 1473, 4000, 65507} {
			d := &pcap.Datagram{At: mesh.Time(i) * 1e6, From: pcap.Socket{Pod: "cam-0", Port: 5004}, To: pcap.Socket{Pod: "tv-0", Port: 5005}, Data: bytes.Repeat([]byte{'x'}, n), Comment: "frame"}
			if err := w.Datagram(d); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		flawless(t, file.Bytes())
		got := shark(t, file.Bytes(), "udp.length > 0 || udp.length == 0", "-T", "fields", "-e", "udp.length")
		if want := []string{"8", "108", "1460", "1481", "4008", "65515"}; !slices.Equal(got, want) {
			t.Errorf("IPv6 %v: datagrams of %v", six, got)
		}
	}
	w := pcap.NewWriter(&bytes.Buffer{}, pcap.Options{})
	if err := w.Datagram(&pcap.Datagram{Data: make([]byte, 65508)}); err == nil || err != w.Close() {
		t.Errorf("65508 bytes: %v, then %v", err, w.Close())
	}
}

// TestEmpty: a file without packets is one that can be read.
func TestEmpty(t *testing.T) {
	var file bytes.Buffer
	if err := pcap.NewWriter(&file, pcap.Options{}).Close(); err != nil {
		t.Fatal(err)
	}
	if got := shark(t, file.Bytes(), "frame"); len(got) > 0 {
		t.Error(got)
	}
}
