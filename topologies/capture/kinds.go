package capture

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// The kinds of files that are read.
const (
	kindPcap   = "pcap"
	kindPcapng = "pcapng"
	kindGzip   = "gzip"
)

// magics are how files begin. Those below the first three are known to be
// something else.
var magics = []struct{ begins, kind string }{
	{"\x0a\x0d\x0d\x0a", kindPcapng},
	{"\x1f\x8b", kindGzip},
	{"\x28\xb5\x2f\xfd", "a zstd file: unpack it first (zstd -d)"},
	{"\xfd7zXZ\x00", "an xz file: unpack it first (xz -d)"},
	{"BZh", "a bzip2 file: unpack it first (bzip2 -d)"},
	{"PK\x03\x04", "a zip file: unpack it first"},
	{"\x04\x22\x4d\x18", "an lz4 file: unpack it first (lz4 -d)"},
	{"snoop\x00\x00\x00", "a snoop capture: convert it first (editcap -F pcapng)"},
	{"\x34\xcd\xb2\xa1", "a modified pcap (Kuznetzov's): convert it first (editcap -F pcapng)"},
	{"\xa1\xb2\xcd\x34", "a modified pcap (Kuznetzov's): convert it first (editcap -F pcapng)"},
	{"\x54\x53\x48\x41", "a Shomiti capture: convert it first (editcap -F pcapng)"},
	{"XCP\x00", "a NetXRay capture: convert it first (editcap -F pcapng)"},
	{"RTSS", "a Network Monitor capture: convert it first (editcap -F pcapng)"},
	{"GMBU", "a Network Monitor capture: convert it first (editcap -F pcapng)"},
	{"\x7fELF", "a program"},
	{"%PDF", "a PDF document"},
	{"<", "XML or HTML"},
	{"{", "JSON"},
}

// pcapMagic is the four ways in which a pcap file begins: in two byte orders,
// with microseconds and nanoseconds.
func pcapMagic(begins []byte) (order binary.ByteOrder, ok bool) {
	if len(begins) < 4 {
		return nil, false
	}
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		if magic := order.Uint32(begins); magic == 0xa1b2c3d4 || magic == 0xa1b23c4d {
			return order, true
		}
	}
	return nil, false
}

// kindOf names the type of a file by its first bytes, or says what it is
// instead.
func kindOf(begins []byte) (kind string, err error) {
	if _, ok := pcapMagic(begins); ok {
		return kindPcap, nil
	}
	for _, m := range magics {
		if !bytes.HasPrefix(begins, []byte(m.begins)) {
			continue
		}
		switch m.kind {
		case kindPcapng, kindGzip:
			return m.kind, nil
		}
		return "", fmt.Errorf("is neither pcap nor pcapng but %s", m.kind)
	}
	if len(begins) == 0 {
		return "", fmt.Errorf("is empty: a capture begins with a header")
	}
	return "", fmt.Errorf("is neither pcap nor pcapng: it begins with % x", begins[:min(len(begins), 8)])
}
