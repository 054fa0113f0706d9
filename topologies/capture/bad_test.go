package capture_test

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"runtime"
	"strings"
	"testing"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"

	"github.com/meshdyno/meshdyno/topologies/capture"
)

// small is a sound capture in pcapng.
func small(t testing.TB) []byte {
	file, _ := (&run{latency: 1e6, conns: 2, requests: 2, request: 100, response: 3000, gap: 1e9}).write(t)
	return file
}

// plain is frames as a pcap file, one each 100 ms.
func plain(t testing.TB, frames ...[]byte) []byte {
	var file bytes.Buffer
	w := pcapgo.NewWriterNanos(&file)
	if err := w.WriteFileHeader(65536, layers.LinkTypeEthernet); err != nil {
		t.Fatal(err)
	}
	for i, frame := range frames {
		info := gopacket.CaptureInfo{Timestamp: epoch.Add(msec * 100 * dur(i)), CaptureLength: len(frame), Length: len(frame)}
		if err := w.WritePacket(info, frame); err != nil {
			t.Fatal(err)
		}
	}
	return file.Bytes()
}

// stack puts layers together.
func stack(t testing.TB, all ...gopacket.SerializableLayer) []byte {
	b := gopacket.NewSerializeBuffer()
	if err := gopacket.SerializeLayers(b, gopacket.SerializeOptions{FixLengths: true}, all...); err != nil {
		t.Fatal(err)
	}
	return bytes.Clone(b.Bytes())
}

func edit(file []byte, at int, with ...byte) []byte {
	copied := bytes.Clone(file)
	copy(copied[at:], with)
	return copied
}

func zipped(content io.Reader) []byte {
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	io.Copy(z, content)
	z.Close()
	return b.Bytes()
}

// zeros is a reader of n zeros behind a beginning.
func zeros(begin []byte, n int64) io.Reader {
	return io.MultiReader(bytes.NewReader(begin), io.LimitReader(nothing{}, n))
}

type nothing struct{}

func (nothing) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// TestRefused: what is no capture, or lies about its lengths, is refused by
// name, and costs no memory.
func TestRefused(t *testing.T) {
	ng := small(t)
	old := plain(t, make([]byte, 60), make([]byte, 60))
	long := edit(old, 24+8, 0xff, 0xff, 0xff, 0xff)
	huge := edit(edit(old, 16, 0xff, 0xff, 0xff, 0xff), 24+8, 0xff, 0xff, 0xff, 0x7f)
	for _, c := range []struct {
		name string
		file []byte
		want string
	}{
		{"empty", nil, "is empty"},
		{"text", []byte("hello, world"), "is neither pcap nor pcapng: it begins with 68 65 6c 6c 6f 2c 20 77"},
		{"wrong magic", edit(old, 0, 1, 2, 3, 4), "is neither pcap nor pcapng: it begins with 01 02 03 04"},
		{"snoop", []byte("snoop\x00\x00\x00\x00\x00\x00\x02"), "a snoop capture"},
		{"zstd", []byte("\x28\xb5\x2f\xfd\x04\x00"), "a zstd file: unpack it first"},
		{"xz", []byte("\xfd7zXZ\x00\x00"), "an xz file"},
		{"zip", []byte("PK\x03\x04...."), "a zip file"},
		{"JSON", []byte(`{"a": 1}`), "JSON"},
		{"cut header", old[:20], "ends at offset 20, within the record at offset 0"},
		{"cut record head", old[:24+10], "ends at offset 34, within the record at offset 24"},
		{"cut record", old[:24+16+59], "ends at offset 99, within the record at offset 24: --allow-truncated"},
		{"cut block", ng[:len(ng)-3], "within the record at offset"},
		{"length 0xFFFFFFFF", long, "the record at offset 24 claims 4294967295 bytes"},
		{"length 0x7FFFFFFF and snap length 0xFFFFFFFF", huge, "the record at offset 24 claims 2147483647 bytes"},
		{"version", edit(old, 4, 9), "version"},
		{"block length 0xFFFFFFFF", edit(ng, 4, 0xff, 0xff, 0xff, 0xff), "the block at offset 0 claims 4294967295 bytes"},
		{"block length 13", edit(ng, 4, 13, 0, 0, 0), "the block at offset 0 claims 13 bytes"},
		{"block length 0", edit(ng, 4, 0, 0, 0, 0), "the block at offset 0 claims 0 bytes"},
		{"two lengths", edit(ng, 4, ng[4]+4), "by its head and"},
		{"byte order", edit(ng, 8, 1, 2, 3, 4), "the section at offset 0 has the byte order mark 01 02 03 04"},
		{"gzip within gzip", zipped(bytes.NewReader(zipped(bytes.NewReader(old)))), "a gzip file within a gzip file"},
		{"gzip of text", zipped(strings.NewReader("hello")), "is neither pcap nor pcapng"},
		{"broken gzip", edit(zipped(bytes.NewReader(old)), 12, 0xff, 0xff, 0xff), "is a broken gzip file"},
	} {
		if _, err := capture.Read("x.pcap", bytes.NewReader(c.file), capture.Options{}); err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "x.pcap: ") {
			t.Errorf("%s: %v; want %q", c.name, err, c.want)
		}
	}
}

// TestNoMemoryForLies: a record or a block that claims a lot gets nothing.
func TestNoMemoryForLies(t *testing.T) {
	old := plain(t, make([]byte, 60))
	for _, length := range []uint32{math.MaxUint32, 1 << 31, 1 << 28, 300_000} {
		file := bytes.Clone(old)
		binary.LittleEndian.PutUint32(file[16:], math.MaxUint32)
		binary.LittleEndian.PutUint32(file[24+8:], length)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := capture.Read("x", zeros(file, 1<<20), capture.Options{})
		runtime.ReadMemStats(&after)
		if got := after.TotalAlloc - before.TotalAlloc; err == nil || got > 1<<20 {
			t.Errorf("%d: %v, %d bytes allocated", length, err, got)
		}
	}
}

// TestTruncated: with leave, what comes before the cut is used.
func TestTruncated(t *testing.T) {
	file := small(t)
	whole, err := capture.Read("x", bytes.NewReader(file), capture.Options{})
	if err != nil || whole.Truncated {
		t.Fatal(err)
	}
	for cut := len(file) - 1; cut > len(file)-60; cut-- {
		_, err := capture.Read("x", bytes.NewReader(file[:cut]), capture.Options{})
		var truncated *capture.Truncated
		clean := err == nil
		if !clean && (!errors.As(err, &truncated) || truncated.After != int64(cut) || truncated.Offset >= int64(cut)) {
			t.Errorf("%d: %v", cut, err)
		}
		c, err := capture.Read("x", bytes.NewReader(file[:cut]), capture.Options{AllowTruncated: true})
		if err != nil || c.Truncated == clean || c.Counts.Packets >= whole.Counts.Packets {
			t.Errorf("%d: %v, %d packets", cut, err, c.Counts.Packets)
		}
	}
}

// TestBombs: a compressed file is read up to a size and a ratio.
func TestBombs(t *testing.T) {
	file := small(t)
	c, err := capture.Read("x", bytes.NewReader(zipped(bytes.NewReader(file))), capture.Options{})
	if err != nil || !c.Gzip || c.Counts.Packets == 0 {
		t.Errorf("a harmless one: %v", err)
	}
	frame := plain(t, make([]byte, 65536))
	bomb := func() io.Reader { // records without end
		parts := []io.Reader{bytes.NewReader(frame)}
		for range 1500 {
			parts = append(parts, bytes.NewReader(frame[24:]))
		}
		return io.MultiReader(parts...)
	}
	packed := zipped(bomb())
	if _, err := capture.Read("x", bytes.NewReader(packed), capture.Options{}); err == nil || !strings.Contains(err.Error(), "unpacks to more than 200 times its size") {
		t.Errorf("%d bytes: %v", len(packed), err)
	}
	if _, err := capture.Read("x", bytes.NewReader(packed), capture.Options{Unpacked: 1 << 20}); err == nil || !strings.Contains(err.Error(), "unpacks to more than 1048576 bytes") {
		t.Errorf("%d bytes: %v", len(packed), err)
	}
	cut := zipped(bytes.NewReader(file))
	cut = cut[:len(cut)/2]
	if _, err := capture.Read("x", bytes.NewReader(cut), capture.Options{}); err == nil {
		t.Error("half a gzip file")
	}
	if c, err := capture.Read("x", bytes.NewReader(cut), capture.Options{AllowTruncated: true}); err != nil || !c.Truncated {
		t.Errorf("half a gzip file, allowed: %v", err)
	}
}
