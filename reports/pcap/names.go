package pcap

import (
	"bytes"
	"encoding/binary"
	"net"
)

func (h *host) ip(six bool) net.IP {
	if six {
		return h.ip6
	}
	return h.ip4
}

// The numbers of the name resolution block (pcapng, section 4.5).
const (
	nameBlock = 4
	nameOfIP4 = 1
	nameOfIP6 = 2
)

// name writes a block by which readers know the pod's address by its name.
func (w *Writer) name(h *host) {
	if w.err == nil {
		w.err = w.out.Flush()
	}
	if w.err == nil {
		_, w.err = w.raw.Write(nameRecord(h.ip(w.options.IPv6), h.name))
	}
}

func nameRecord(ip net.IP, name string) []byte {
	kind := uint16(nameOfIP4)
	if len(ip) == net.IPv6len {
		kind = nameOfIP6
	}
	name = name[:min(len(name), 1024)]
	record := append(append(append([]byte{}, ip...), name...), 0)
	var b bytes.Buffer
	u16 := func(v ...uint16) { b.Write(le16(v...)) }
	u16(kind, uint16(len(record)))
	b.Write(record)
	b.Write(make([]byte, -len(record)&3))
	u16(0, 0) // no more records
	length := binary.LittleEndian.AppendUint32(nil, uint32(b.Len()+12))
	block := binary.LittleEndian.AppendUint32(nil, nameBlock)
	return append(append(append(block, length...), b.Bytes()...), length...)
}

func le16(values ...uint16) (out []byte) {
	for _, v := range values {
		out = binary.LittleEndian.AppendUint16(out, v)
	}
	return out
}
