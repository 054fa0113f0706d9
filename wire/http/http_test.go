package http_test

import (
	"bytes"
	"io"
	nethttp "net/http"
	"strings"
	"testing"

	"golang.org/x/net/http2"
	real "golang.org/x/net/http2/hpack"

	"github.com/meshdyno/meshdyno/unit"
	"github.com/meshdyno/meshdyno/wire/hpack"
	"github.com/meshdyno/meshdyno/wire/http"
)

// TestHead1 writes a head out: GET /x HTTP/1.1 (14 and a line end), Host: a.b
// (9 and a line end), an empty line.
func TestHead1(t *testing.T) {
	if got, want := http.RequestHead("GET", "/x", []hpack.Field{{Name: "Host", Value: "a.b"}}), 15+2+9+2+2; got != want {
		t.Errorf("request: %d bytes, want %d", got, want)
	}
	if got, want := http.AnswerHead("OK", []hpack.Field{{Name: "Date", Value: "x"}}), len("HTTP/1.1 200 OK\r\nDate: x\r\n\r\n"); got != want {
		t.Errorf("answer: %d bytes, want %d", got, want)
	}
	for n, want := range map[int64]int{0: 19, 9: 19, 10: 20, 1024: 22} {
		if got := http.ContentLength(n); got != want {
			t.Errorf("Content-Length of %d: %d bytes, want %d", n, got, want)
		}
	}
}

// TestHead1AgainstNetHTTP writes the same with net/http.
func TestHead1AgainstNetHTTP(t *testing.T) {
	request, _ := nethttp.NewRequest("POST", "http://payments:8080/charge?x=1", strings.NewReader(strings.Repeat("x", 1024)))
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "curl/8")
	var out bytes.Buffer
	_ = request.Write(&out)
	fields := []hpack.Field{{Name: "Host", Value: "payments:8080"}, {Name: "User-Agent", Value: "curl/8"}, {Name: "Content-Type", Value: "application/json"}}
	if got := http.RequestHead("POST", "/charge?x=1", fields) + http.ContentLength(1024) + 1024; got != out.Len() {
		t.Errorf("request: %d bytes, want %d", got, out.Len())
	}
	answer := nethttp.Response{StatusCode: 200, ProtoMajor: 1, ProtoMinor: 1, Header: nethttp.Header{"Server": {"envoy"}},
		Body: io.NopCloser(strings.NewReader(strings.Repeat("x", 1024))), ContentLength: -1, TransferEncoding: []string{"chunked"}}
	out.Reset()
	_ = answer.Write(&out)
	head := http.AnswerHead("OK", []hpack.Field{{Name: "Server", Value: "envoy"}}) + http.TransferEncoding
	if got := int64(head) + http.Chunked(1024, 32<<10); got != int64(out.Len()) {
		t.Errorf("answer: %d bytes, want %d", got, out.Len())
	}
}

// TestChunked: 4 and hexadecimal digits around each chunk, 5 at the end.
func TestChunked(t *testing.T) {
	for _, c := range []struct{ n, chunk, want int64 }{
		{0, 1024, 5}, {1, 1024, 1 + 5 + 5}, {1024, 1024, 1024 + 7 + 5}, {1025, 1024, 1025 + 7 + 5 + 5}, {100, 16, 100 + 6*(2+4) + (1 + 4) + 5},
	} {
		if got := http.Chunked(c.n, c.chunk); got != c.want {
			t.Errorf("%d in chunks of %d: %d bytes, want %d", c.n, c.chunk, got, c.want)
		}
	}
}

// TestFramesAgainstFramer writes each frame with golang.org/x/net.
func TestFramesAgainstFramer(t *testing.T) {
	var out bytes.Buffer
	f := http2.NewFramer(&out, nil)
	for _, c := range []struct {
		name  string
		write func() error
		want  int
	}{
		{"SETTINGS", func() error { return f.WriteSettings(http2.Setting{ID: 1, Val: 1}, http2.Setting{ID: 4, Val: 1}) }, http.SettingsFrame(2)},
		{"SETTINGS ack", f.WriteSettingsAck, http.SettingsAck},
		{"WINDOW_UPDATE", func() error { return f.WriteWindowUpdate(1, 1) }, http.WindowUpdate},
		{"RST_STREAM", func() error { return f.WriteRSTStream(1, 8) }, http.RSTStream},
		{"PING", func() error { return f.WritePing(false, [8]byte{}) }, http.Ping},
		{"GOAWAY", func() error { return f.WriteGoAway(1, 0, nil) }, http.GoAway},
		{"PRIORITY", func() error { return f.WritePriority(1, http2.PriorityParam{}) }, http.Priority},
		{"DATA", func() error { return f.WriteData(1, true, make([]byte, 100)) }, 109},
	} {
		out.Reset()
		if err := c.write(); err != nil || out.Len() != c.want {
			t.Errorf("%s: %d bytes, want %d (%v)", c.name, c.want, out.Len(), err)
		}
	}
	if http.Preface != len(http2.ClientPreface) {
		t.Errorf("preface: %d bytes", http.Preface)
	}
}

func TestFrames(t *testing.T) {
	for _, c := range []struct{ n, largest, count, bytes int64 }{
		{0, 0, 1, 9}, {1, 0, 1, 10}, {16384, 0, 1, 16393}, {16385, 0, 2, 16385 + 18}, {1 << 20, 0, 64, 1<<20 + 64*9}, {1 << 20, 1 << 20, 1, 1<<20 + 9},
	} {
		if count, n := http.Frames(c.n, c.largest); count != c.count || n != c.bytes {
			t.Errorf("%d in frames of %d: %d of %d bytes, want %d of %d", c.n, c.largest, count, n, c.count, c.bytes)
		}
	}
}

// TestOpening: Envoy's 24 + (9 + 5*6) + 9 + 13, and (9 + 4*6) + 9 + 13.
func TestOpening(t *testing.T) {
	var s http.Settings
	s.SetDefaults()
	if client, server := s.Opening(); client != 24+39+9+13 || server != 33+9+13 {
		t.Errorf("%d and %d bytes, want 85 and 55", client, server)
	}
}

func TestTimeout(t *testing.T) {
	for _, c := range []struct {
		d    unit.Duration
		want string
	}{
		{-1, "0n"}, {0, "0n"}, {99_999_999, "99999999n"}, {100_000_000, "100000u"}, {unit.Second, "1000000u"},
		{100*unit.Second - 1, "100000m"}, {100 * unit.Second, "100000m"}, {100*unit.Second + 1, "100001m"}, {40 * unit.Hour, "144000S"},
	} {
		if got := string(http.AppendTimeout(nil, c.d)); got != c.want {
			t.Errorf("%d ns: %s, want %s", c.d, got, c.want)
		}
	}
}

// TestGRPCAgainstFramer writes a unary call and its answer, with messages of 1
// KiB, as bytes: HEADERS, DATA; HEADERS, DATA, HEADERS; twice on one connection.
func TestGRPCAgainstFramer(t *testing.T) {
	var s http.Settings
	s.SetDefaults()
	client, server := newSide(), newSide()
	request := http.GRPCRequest("http", "payments:50051", "/shop.Payments/Charge", "grpc-go/1.70.0", "999871u")
	for call := range 2 {
		there := client.writes(request, 1024, nil)
		if got := s.Message2(client.ours.Block(request), 1, 1024, true, 0); got.Wire() != int64(there) || got.Frames != 2 {
			t.Errorf("call %d: %d bytes, want %d", call, got.Wire(), there)
		}
		back := server.writes(http.GRPCAnswer(), 1024, http.GRPCTrailer(0, ""))
		got := s.Message2(server.ours.Block(http.GRPCAnswer()), 1, 1024, true, server.ours.Block(http.GRPCTrailer(0, "")))
		if got.Wire() != int64(back) || got.Frames != 3 {
			t.Errorf("answer %d: %d bytes, want %d", call, got.Wire(), back)
		}
		t.Logf("call %d: %d there, %d back", call, there, back)
	}
}

// TestStreaming: three messages of 20,000 bytes are two frames each, and 5 bytes
// of prefix; a stream without any is a head and a trailer; a larger frame is one.
func TestStreaming(t *testing.T) {
	var s http.Settings
	s.SetDefaults()
	if got, want := s.Message2(30, 3, 20_000, true, 2), (http.Bytes{Content: 60_000, Framing: 39 + 3*(5+2*9) + 11, Frames: 1 + 6 + 1}); got != want {
		t.Errorf("three messages: %+v, want %+v", got, want)
	}
	if got, want := s.Message2(30, 0, 0, true, 2), (http.Bytes{Framing: 39 + 11, Frames: 2}); got != want {
		t.Errorf("no message: %+v, want %+v", got, want)
	}
	if got, want := s.Message2(30, 1, 0, true, 0), (http.Bytes{Framing: 39 + 9 + 5, Frames: 2}); got != want {
		t.Errorf("an empty message: %+v, want %+v", got, want)
	}
	s.MaxFrame = 64 << 10
	if got, want := s.Message2(30, 1, 20_000, false, 0), (http.Bytes{Content: 20_000, Framing: 39 + 9, Frames: 2}); got != want {
		t.Errorf("HTTP/2: %+v, want %+v", got, want)
	}
}

type side struct {
	ours   *hpack.Encoder
	theirs *real.Encoder
	block  bytes.Buffer
	out    bytes.Buffer
	framer *http2.Framer
}

func newSide() *side {
	s := &side{ours: hpack.NewEncoder(hpack.DefaultTable)}
	s.theirs, s.framer = real.NewEncoder(&s.block), http2.NewFramer(&s.out, nil)
	return s
}

func (s *side) writes(head []hpack.Field, size int, trailer []hpack.Field) int {
	s.out.Reset()
	s.headers(head, false)
	_ = s.framer.WriteData(1, trailer == nil, make([]byte, http.MessagePrefix+size))
	if trailer != nil {
		s.headers(trailer, true)
	}
	return s.out.Len()
}

func (s *side) headers(fields []hpack.Field, end bool) {
	s.block.Reset()
	for _, f := range fields {
		_ = s.theirs.WriteField(real.HeaderField{Name: f.Name, Value: f.Value})
	}
	_ = s.framer.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: s.block.Bytes(), EndHeaders: true, EndStream: end})
}

func BenchmarkMessage2(b *testing.B) {
	var s http.Settings
	s.SetDefaults()
	sum := int64(0)
	b.ReportAllocs()
	for i := int64(0); b.Loop(); i++ {
		sum += s.Message2(17, 1, i&0xfffff, true, 2).Wire() + http.Chunked(i&0xfffff, 4096)
	}
	if sum == 0 {
		b.Fatal("nothing")
	}
}
