package pcap_test

import (
	"bytes"
	"io"
	"testing"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"github.com/meshdyno/meshdyno/reports/pcap"
)

// TestHTTP2ReadBack: another framer reads what was said: fields, a block of
// fields larger than a frame, and bodies of any size.
func TestHTTP2ReadBack(t *testing.T) {
	client := pcap.NewHTTP2()
	opening := client.Open(true)
	if !bytes.HasPrefix(opening, []byte(http2.ClientPreface)) {
		t.Fatalf("%q", opening)
	}
	said := bytes.NewBuffer(opening[len(http2.ClientPreface):])
	long := string(bytes.Repeat([]byte("~"), 30_000)) // 14 bits each in Huffman's code
	var want []int
	for _, n := range []int{0, 1, 2, 3, 127, 130, 131, 16384, 16385, 100_000} {
		m := &pcap.Message{Authority: "db", Path: "/a.B/C", GRPC: true, Body: n, Fields: []pcap.Field{{Name: "x-long", Value: long[:n%30_000]}}}
		request, _ := client.Request(m)
		said.Write(request)
		want = append(want, n)
	}
	r := http2.NewFramer(io.Discard, said)
	r.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
	r.MaxHeaderListSize = 1 << 20
	got := map[uint32]int{}
	for {
		frame, err := r.ReadFrame()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch f := frame.(type) {
		case *http2.MetaHeadersFrame:
			if f.PseudoValue("path") != "/a.B/C" || f.PseudoValue("method") != "POST" {
				t.Errorf("%v", f.Fields)
			}
		case *http2.DataFrame:
			got[f.StreamID] += len(f.Data())
		}
	}
	for i, n := range want {
		if got[uint32(2*i+1)] != n+5 {
			t.Errorf("a message of %d bytes took %d", n, got[uint32(2*i+1)])
		}
	}
}

// TestMessagesAreReproducible: the same message is the same bytes, and records
// have the sizes that RFC 8446 gives them.
func TestMessagesAreReproducible(t *testing.T) {
	m := &pcap.Message{Authority: "db", Body: 5000}
	if !bytes.Equal(pcap.Request1(m), pcap.Request1(m)) {
		t.Error("the same message twice, in other bytes")
	}
	a, b := &pcap.TLS13{Key: 1}, &pcap.TLS13{Key: 1}
	if !bytes.Equal(a.ClientHello("x", 500), b.ClientHello("x", 500)) || len(a.ClientHello("x", 500)) != 500 {
		t.Errorf("a hello of %d bytes", len(a.ClientHello("x", 500)))
	}
	if got := len(a.Seal(100)); got != 100+22 {
		t.Errorf("100 bytes are sealed in %d", got)
	}
	if got := len(a.Seal(16385)); got != 16385+2*22 {
		t.Errorf("16385 bytes are sealed in %d", got)
	}
}
