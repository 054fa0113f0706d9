package layers_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/meshdyno/meshdyno/unit"
	"github.com/meshdyno/meshdyno/wire/coding"
	"github.com/meshdyno/meshdyno/wire/hpack"
	"github.com/meshdyno/meshdyno/wire/http"
	"github.com/meshdyno/meshdyno/wire/layers"
	"github.com/meshdyno/meshdyno/wire/quic"
	"github.com/meshdyno/meshdyno/wire/tls"
)

// order is a message of 1 KiB as protobuf: an id, a customer, a sum, twenty
// items, a note.
var order = coding.Shape{
	{Number: 1, Name: "id", Kind: coding.Int, Value: 1_000_042},
	{Number: 2, Name: "customer", Kind: coding.Text, Length: 36},
	{Number: 3, Name: "total_cents", Kind: coding.Int, Value: 9995},
	{Number: 4, Name: "items", Kind: coding.Nested, List: 20, Of: coding.Shape{
		{Number: 1, Name: "sku", Kind: coding.Text, Length: 10}, {Number: 2, Name: "quantity", Kind: coding.Int, Value: 2},
		{Number: 3, Name: "price_cents", Kind: coding.Int, Value: 1999}}},
	{Number: 5, Name: "note", Kind: coding.Text, Length: 596},
}

func TestOrder(t *testing.T) {
	if got, want := order.Values(), 8+36+8+20*(10+8+8)+596; got != want {
		t.Errorf("values: %d bytes, want %d", got, want)
	}
	if got := order.Protobuf(); got != 1024 {
		t.Errorf("protobuf: %d bytes, want 1024", got)
	}
	item := len(`{"sku":"0123456789","quantity":2,"price_cents":1999}`)
	want := len(`{"id":1000042,"customer":"","total_cents":9995,"items":[],"note":""}`) + 36 + 20*item + 19 + 596
	if got := order.JSON(); got != want || got != 1759 {
		t.Errorf("JSON: %d bytes, want %d", got, want)
	}
}

// grpc is the order as a unary call and its answer, as the nth on a connection.
func grpc(nth int) (request, answer layers.Message) {
	var s http.Settings
	s.SetDefaults()
	client, server := hpack.NewEncoder(hpack.DefaultTable), hpack.NewEncoder(hpack.DefaultTable)
	var there, back http.Bytes
	for range nth {
		head := client.Block(http.GRPCRequest("http", "payments:50051", "/shop.Payments/Charge", "grpc-go/1.70.0", ""))
		there = s.Message2(head, 1, 1024, true, 0)
		back = s.Message2(server.Block(http.GRPCAnswer()), 1, 1024, true, server.Block(http.GRPCTrailer(0, "")))
	}
	return message(there), message(back)
}

// json is the same over HTTP/1.1, with the fields of Go's client and server.
func json() (request, answer layers.Message) {
	n := int64(order.JSON())
	there := http.RequestHead("POST", "/charge", []hpack.Field{{Name: "Host", Value: "payments:8080"}, {Name: "User-Agent", Value: "Go-http-client/1.1"},
		{Name: "Content-Type", Value: "application/json"}, {Name: "Accept-Encoding", Value: "gzip"}}) + http.ContentLength(n)
	back := http.AnswerHead("OK", []hpack.Field{{Name: "Content-Type", Value: "application/json"}, {Name: "Date", Value: "Sun, 22 Nov 2026 22:00:00 GMT"}}) + http.ContentLength(n)
	return message(http.Head1(there, n)), message(http.Head1(back, n))
}

func message(b http.Bytes) layers.Message {
	return layers.Message{Values: int64(order.Values()), Coded: b.Content, Framing: b.Framing, Frames: b.Frames}
}

func sealed(t testing.TB) *tls.Records {
	t.Helper()
	var s tls.Settings
	s.SetDefaults()
	r := s.Records()
	return &r
}

// TestFigures are the bytes of the order as a gRPC call (the first of its
// connection and a later one) and as JSON over HTTP/1.1, there and back, plain
// and in TLS 1.3, in IPv4 and Ethernet with an MTU of 1500. A segment has 1500 -
// 20 - 32 = 1448 bytes.
func TestFigures(t *testing.T) {
	const (
		values   = 1168
		protobuf = 1024
		written  = 1759
		// HEADERS with :method, :scheme, :path, :authority, content-type, user-agent
		// and te (RFC 7541: an index; or an index, a length and Huffman's code; or a
		// name too); later an index each.
		first, later = 9 + 1 + 1 + (1 + 1 + 16) + (1 + 1 + 10) + (1 + 1 + 11) + (1 + 1 + 10) + (1 + 1 + 2 + 1 + 6), 9 + 7
		data         = 9 + 5 // DATA, and gRPC's prefix
		// POST /charge HTTP/1.1, Host, User-Agent, Content-Type, Accept-Encoding, Content-Length, empty line
		head1 = 23 + 21 + 32 + 32 + 23 + 22 + 2
		// HTTP/1.1 200 OK, Content-Type, Date, Content-Length, empty line
		answer1 = 17 + 32 + 37 + 22 + 2
	)
	firstRequest, firstAnswer := grpc(1)
	laterRequest, laterAnswer := grpc(2)
	request1, answer := json()
	for _, c := range []struct {
		name             string
		message          layers.Message
		seal, packets    int64
		framing, content int64
		total            int64
	}{
		{"gRPC, first request", firstRequest, 0, 1, first + data, protobuf, 1115 + 90},
		{"gRPC, first request, TLS", firstRequest, 1, 1, first + data, protobuf, 1115 + 22 + 90},
		{"gRPC, later request", laterRequest, 0, 1, later + data, protobuf, 1054 + 90},
		{"gRPC, later request, TLS", laterRequest, 1, 1, later + data, protobuf, 1054 + 22 + 90},
		{"gRPC, first answer", firstAnswer, 0, 1, 9 + 14 + data + 9 + 12, protobuf, 1082 + 90},
		{"gRPC, later answer", laterAnswer, 0, 1, 9 + 2 + data + 9 + 1, protobuf, 1059 + 90},
		{"gRPC, later answer, TLS", laterAnswer, 1, 1, 9 + 2 + data + 9 + 1, protobuf, 1059 + 22 + 90},
		{"JSON, request", request1, 0, 2, head1, written, 1914 + 2*90},
		{"JSON, request, TLS", request1, 1, 2, head1, written, 1914 + 22 + 2*90},
		{"JSON, answer", answer, 0, 2, answer1, written, 1869 + 2*90},
		{"JSON, answer, TLS", answer, 1, 2, answer1, written, 1869 + 22 + 2*90},
	} {
		p := layers.Path{MTU: 1500, Timestamps: true}
		if c.seal > 0 {
			p.TLS = sealed(t)
		}
		want := layers.Account{Packets: c.packets, Records: c.seal, Frames: c.message.Frames}
		want.Bytes = [8]int64{0, 20 * c.packets, 18 * c.packets, 20 * c.packets, 32 * c.packets, 5 * c.seal, c.content - values + 17*c.seal, values + c.framing}
		got := p.Message(c.message)
		if got != want || got.TotalBytes() != c.total {
			t.Errorf("%s: %v, %d bytes; want %v, %d bytes", c.name, got, got.TotalBytes(), want, c.total)
		}
	}
}

// TestDatagrams: 1 KiB in UDP is one packet; 4,000 bytes are three fragments of
// IPv4 (4,008 = 1480 + 1480 + 1048) and of IPv6 (1448 + 1448 + 1112).
func TestDatagrams(t *testing.T) {
	for _, c := range []struct {
		n       int64
		ipv6    bool
		packets int64
		network int64
	}{{1024, false, 1, 20}, {1472, false, 1, 20}, {1473, false, 2, 40}, {4000, false, 3, 60}, {4000, true, 3, 144}, {1452, true, 1, 40}, {65507, false, 45, 900}, {65508, false, 46, 920}} {
		p := layers.Path{UDP: true, IPv6: c.ipv6}
		a := p.Message(layers.Message{Values: c.n, Coded: c.n})
		if a.Packets != c.packets || a.Bytes[layers.Network] != c.network {
			t.Errorf("%d bytes, IPv6 %v: %d packets with %d bytes of headers, want %d with %d", c.n, c.ipv6, a.Packets, a.Bytes[layers.Network], c.packets, c.network)
		}
	}
}

// TestQUIC: 10,000 bytes are nine packets (see wire/quic): each 27 bytes of header
// and tag, the first a frame of 4 bytes, the others of 6; 8 of UDP, 20 of IP.
func TestQUIC(t *testing.T) {
	var q quic.Settings
	q.SetDefaults()
	p := layers.Path{}
	a := p.QUIC(layers.Message{Values: 10_000, Coded: 10_000}, &q, 0)
	if want := [8]int64{0, 180, 9 * 18, 180, 9*(8+11) + 4 + 8*6, 0, 9 * 16, 10_000}; a.Bytes != want || a.Packets != 9 {
		t.Errorf("%v, want %v", a.Bytes, want)
	}
	_, content := q.Stream(0, 10_000)
	if got, want := a.TotalBytes(), content+9*(8+20+18+20); got != want {
		t.Errorf("%d bytes, want %d", got, want)
	}
}

// TestSmallest: a frame has 64 bytes at least: an acknowledgement without
// timestamps (40 bytes of IP) is filled up with 6, one byte in UDP with 17.
func TestSmallest(t *testing.T) {
	p := layers.Path{}
	ack := p.Acknowledgements(1)
	if want := [8]int64{0, 20, 18 + 6, 20, 20}; ack.Bytes != want {
		t.Errorf("acknowledgement: %v, want %v", ack.Bytes, want)
	}
	p.Timestamps = true
	if ack = p.Acknowledgements(1); ack.Bytes[layers.DataLink] != 18 {
		t.Errorf("with timestamps: %v", ack.Bytes)
	}
	p = layers.Path{UDP: true}
	if a := p.Message(layers.Message{Values: 1, Coded: 1}); a.Bytes[layers.DataLink] != 18+17 {
		t.Errorf("a byte: %v", a.Bytes)
	}
}

// TestOpening: SYN and SYN-ACK have 40 bytes of TCP, an acknowledgement 32; the
// flights of TLS go in segments of their own.
func TestOpening(t *testing.T) {
	p := layers.Path{Timestamps: true}
	client, server := p.Connect()
	if client.Bytes != [8]int64{0, 40, 36, 40, 72} || server.Bytes != [8]int64{0, 20, 18, 20, 40} {
		t.Errorf("TCP: %v and %v", client.Bytes, server.Bytes)
	}
	bare := layers.Path{}
	if client, _ := bare.Connect(); client.Bytes[layers.Transport] != 32+20 {
		t.Errorf("TCP without timestamps: %v", client.Bytes)
	}
	var s tls.Settings
	s.SetDefaults()
	s.Mutual = true
	h, r := s.Handshake(tls.Full), s.Records()
	client, server = p.Handshake(&h, &r)
	for side, a := range []layers.Account{client, server} {
		if got := a.From(layers.Session); got != int64(h.Bytes[side]) {
			t.Errorf("side %d: %d bytes of TLS, want %d", side, got, h.Bytes[side])
		}
		if a.Time[layers.Session] != int64(h.CPU[side]) || a.TotalTime() != h.CPU[side] {
			t.Errorf("side %d: %s, want %s", side, a.TotalTime(), h.CPU[side])
		}
	}
	if client.Bytes[layers.Presentation] != 17 || server.Bytes[layers.Presentation] != 2*17 {
		t.Errorf("sealing: %d and %d bytes, want 17 and 34", client.Bytes[layers.Presentation], server.Bytes[layers.Presentation])
	}
}

func TestLeaving(t *testing.T) {
	for _, c := range []struct {
		n    int64
		rate unit.BitRate
		want unit.Duration
	}{{1538, unit.Gbps, 12304}, {1, 3 * unit.Gbps, 3}, {0, unit.Gbps, 0}, {1 << 40, 0, 0}, {1 << 40, 8 * unit.Gbps, 1 << 40}, {1 << 62, 1, math.MaxInt64}} {
		if got := layers.Leaving(c.n, c.rate); got != c.want {
			t.Errorf("%d bytes at %s: %d ns, want %d", c.n, c.rate, got, c.want)
		}
	}
	p := layers.Path{Timestamps: true}
	a := p.Message(layers.Message{Values: 1448, Coded: 1448})
	a.Transmit(unit.Gbps)
	if a.TotalTime() != 12304 {
		t.Errorf("a full frame at 1 Gb/s: %s, want 12304ns", a.TotalTime())
	}
}

// FuzzSums: whatever the message and the path, the layers add up to what is
// counted frame by frame, and accounts to the account of all.
func FuzzSums(f *testing.F) {
	f.Add(int64(1024), int64(100), int64(25), int64(1500), uint8(0))
	f.Add(int64(70_000), int64(0), int64(0), int64(1280), uint8(31))
	f.Fuzz(func(t *testing.T, coded, values, framing, mtu int64, bits uint8) {
		m := layers.Message{Values: values & 0xffffff, Coded: coded & 0xffffff, Framing: framing & 0xffff}
		p := layers.Path{MTU: 1280 + mtu&0x3fff, IPv6: bits&1 > 0, Timestamps: bits&2 > 0, UDP: bits&4 > 0}
		if bits&8 > 0 {
			p.TLS = sealed(t)
		}
		a := p.Message(m)
		if got, want := a.TotalBytes(), naive(&p, m); got != want {
			t.Fatalf("%+v %+v: %d bytes, want %d", p, m, got, want)
		}
		sum := a
		sum.Add(&a)
		if sum.TotalBytes() != 2*a.TotalBytes() || sum.Packets != 2*a.Packets || sum.From(layers.Physical) != sum.TotalBytes() {
			t.Fatalf("%v twice is %v", a, sum)
		}
	})
}

// naive sends the message packet by packet.
func naive(p *layers.Path, m layers.Message) (wire int64) {
	stream := m.Coded + m.Framing
	if p.TLS != nil {
		for left := stream; left > 0; left -= p.TLS.Fragment {
			stream += 5 + p.TLS.Seal
		}
	}
	ip, tcp := int64(20), int64(20)
	if p.IPv6 {
		ip = 40
	}
	if p.Timestamps {
		tcp = 32
	}
	frame := func(packet int64) { wire += 20 + max(64, 18+packet) }
	if !p.UDP {
		for ; stream > 0; stream -= p.MTU - ip - tcp {
			frame(min(p.MTU, ip+tcp+stream))
		}
		return wire
	}
	for again := true; again; {
		n := min(stream, 65507)
		stream -= n
		again = stream > 0
		if n += 8; ip+n <= p.MTU {
			frame(ip + n)
			continue
		}
		header := ip
		if p.IPv6 {
			header += 8
		}
		for part := (p.MTU - header) / 8 * 8; n > 0; n -= part {
			frame(header + min(part, n))
		}
	}
	return wire
}

// TestTexts: every layer is explained, in plain letters.
func TestTexts(t *testing.T) {
	for i, text := range layers.About[1:] {
		if text.Name == "" || text.Unit == "" || !strings.HasSuffix(text.Does, ".") || !strings.HasSuffix(text.Here, ".") || !strings.HasSuffix(text.Mistake, ".") {
			t.Errorf("layer %d: %+v", i+1, text)
		}
	}
}

// Example prints the figures of one later call, there and back.
func Example() {
	var s tls.Settings
	s.SetDefaults()
	records := s.Records()
	grpcRequest, grpcAnswer := grpc(2)
	jsonRequest, jsonAnswer := json()
	rows := [4]layers.Account{}
	for i, m := range [][2]layers.Message{{grpcRequest, grpcAnswer}, {grpcRequest, grpcAnswer}, {jsonRequest, jsonAnswer}, {jsonRequest, jsonAnswer}} {
		p := layers.Path{MTU: 1500, Timestamps: true}
		if i%2 == 1 {
			p.TLS = &records
		}
		there, back := p.Message(m[0]), p.Message(m[1])
		rows[i].Add(&there)
		rows[i].Add(&back)
	}
	fmt.Println("bytes of           gRPC    +TLS    JSON    +TLS")
	for layer := layers.Application; layer >= layers.Physical; layer-- {
		fmt.Printf("%d %-12s", layer, layers.About[layer].Name)
		for _, a := range rows {
			fmt.Printf("%8d", a.Bytes[layer])
		}
		fmt.Println()
	}
	fmt.Printf("on the wire   %8d%8d%8d%8d\n", rows[0].TotalBytes(), rows[1].TotalBytes(), rows[2].TotalBytes(), rows[3].TotalBytes())
	// Output:
	// bytes of           gRPC    +TLS    JSON    +TLS
	// 7 Application     2401    2401    2601    2601
	// 6 Presentation    -288    -254    1182    1216
	// 5 Session            0      10       0      10
	// 4 Transport         64      64     128     128
	// 3 Network           40      40      80      80
	// 2 Data link         36      36      72      72
	// 1 Physical          40      40      80      80
	// on the wire       2293    2337    4143    4187
}

func BenchmarkMessage(b *testing.B) {
	p := layers.Path{MTU: 1500, Timestamps: true, TLS: sealed(b)}
	var sum layers.Account
	b.ReportAllocs()
	for i := int64(0); b.Loop(); i++ {
		a := p.Message(layers.Message{Values: i & 0xffff, Coded: i & 0xffff, Framing: 25, Frames: 2})
		sum.Add(&a)
	}
	if sum.Packets == 0 {
		b.Fatal("nothing")
	}
}
