package hpack_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	real "golang.org/x/net/http2/hpack"

	"github.com/meshdyno/meshdyno/wire/hpack"
)

// TestExamples are those of RFC 7541, C.4 and C.6: three requests and three
// answers (with a table of 256 bytes), Huffman's code, one connection each.
func TestExamples(t *testing.T) {
	request := func(extra ...hpack.Field) []hpack.Field {
		scheme, path := "http", "/"
		if len(extra) > 0 && extra[0].Name == "custom-key" {
			scheme, path = "https", "/index.html"
		}
		return append([]hpack.Field{{Name: ":method", Value: "GET"}, {Name: ":scheme", Value: scheme}, {Name: ":path", Value: path},
			{Name: ":authority", Value: "www.example.com"}}, extra...)
	}
	e := hpack.NewEncoder(hpack.DefaultTable)
	for i, c := range []struct {
		fields []hpack.Field
		want   int
	}{
		{request(), 17}, // C.4.1: 8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff
		{request(hpack.Field{Name: "cache-control", Value: "no-cache"}), 12},  // C.4.2: 8286 84be 5886 a8eb 1064 9cbf
		{request(hpack.Field{Name: "custom-key", Value: "custom-value"}), 24}, // C.4.3
	} {
		if got := e.Block(c.fields); got != c.want {
			t.Errorf("request %d: %d bytes, want %d", i+1, got, c.want)
		}
	}
	answer := func(status, date string, more ...hpack.Field) []hpack.Field {
		return append([]hpack.Field{{Name: ":status", Value: status}, {Name: "cache-control", Value: "private"},
			{Name: "date", Value: date}, {Name: "location", Value: "https://www.example.com"}}, more...)
	}
	e = hpack.NewEncoder(256)
	for i, c := range []struct {
		fields []hpack.Field
		want   int
	}{
		{answer("302", "Mon, 21 Oct 2013 20:13:21 GMT"), 54}, // C.6.1
		{answer("307", "Mon, 21 Oct 2013 20:13:21 GMT"), 8},  // C.6.2: 4883 640e ffc1 c0bf
		{answer("200", "Mon, 21 Oct 2013 20:13:22 GMT", hpack.Field{Name: "content-encoding", Value: "gzip"},
			hpack.Field{Name: "set-cookie", Value: "foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1"}), 79}, // C.6.3
	} {
		if got := e.Block(c.fields); got != c.want {
			t.Errorf("answer %d: %d bytes, want %d", i+1, got, c.want)
		}
	}
}

// TestHuffman holds every byte's code to golang.org/x/net.
func TestHuffman(t *testing.T) {
	for b := range 256 {
		text := strings.Repeat(string([]byte{byte(b)}), 8)
		if got, want := hpack.HuffmanBytes(text), int(real.HuffmanEncodeLength(text)); got != want {
			t.Errorf("byte %d: %d bits, want %d", b, got, want)
		}
	}
}

// FuzzAgainstEncoder writes the same fields with golang.org/x/net's encoder,
// whose output is as long as we say. Each byte of the script is a field, or a
// new limit of the table.
func FuzzAgainstEncoder(f *testing.F) {
	f.Add([]byte("abcabcabc\xf0xyz\xff\x10\xfaabcabc"))
	f.Add([]byte{0x80, 0x81, 0x80, 0x10, 0xf1, 0x80, 0x81, 0xff, 0x80})
	f.Add(bytes.Repeat([]byte("0123456789abcdefghijklmnopqrstuvw"), 8))
	f.Fuzz(func(t *testing.T, script []byte) {
		var out bytes.Buffer
		theirs, ours := real.NewEncoder(&out), hpack.NewEncoder(4096)
		for i, b := range script {
			if b >= 0xf0 {
				limit := int(b-0xf0) * 4096 / 15
				theirs.SetMaxDynamicTableSize(uint32(limit))
				ours.Resize(limit)
				continue
			}
			field := scripted(b)
			out.Reset()
			_ = theirs.WriteField(real.HeaderField{Name: field.Name, Value: field.Value, Sensitive: field.Never})
			if got := ours.Block([]hpack.Field{field}); got != out.Len() {
				t.Fatalf("step %d, %+v: %d bytes, want %d", i, field, got, out.Len())
			}
		}
	})
}

func scripted(b byte) hpack.Field {
	names := []string{":path", ":status", "x-request-id", "content-type", "te", "grpc-timeout", "a-rather-long-name-of-a-header", "z"}
	values := []string{"/", "200", "", "trailers", strings.Repeat("~", 9), fmt.Sprint(b), strings.Repeat("long", 300), "\x00\xff"}
	return hpack.Field{Name: names[b%8], Value: values[b/8%8], Never: b >= 0xe0}
}

func BenchmarkBlock(b *testing.B) {
	e := hpack.NewEncoder(hpack.DefaultTable)
	fields := []hpack.Field{{Name: ":method", Value: "POST"}, {Name: ":scheme", Value: "http"}, {Name: ":path", Value: "/shop.Payments/Charge"},
		{Name: ":authority", Value: "payments:50051"}, {Name: "content-type", Value: "application/grpc"},
		{Name: "user-agent", Value: "grpc-go/1.70.0"}, {Name: "te", Value: "trailers"}}
	b.ReportAllocs()
	for b.Loop() {
		if e.Block(fields) == 0 {
			b.Fatal("nothing")
		}
	}
	if n := testing.AllocsPerRun(100, func() { e.Block(fields) }); n != 0 {
		b.Fatalf("%v allocations", n)
	}
}
