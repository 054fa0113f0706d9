package capture

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// The most that is taken of a file. The first is libpcap's MAXIMUM_SNAPLEN.
const (
	longestPacket = 256 << 10
	longestBlock  = 1 << 20
	mostNames     = 16 << 20 // bytes of name records
	mostFaces     = 65536    // interfaces
)

// frames reads a file record by record, looks at its frame before anyone
// allocates for it, and hands on whole records only.
type frames struct {
	in        *bufio.Reader
	next      func() error // fills record
	record    []byte
	read      int   // of record, by the reader above
	offset    int64 // of record in the file
	end       int64 // behind it
	order     binary.ByteOrder
	names     int
	faces     int
	allow     bool // a record that is cut off ends the file
	truncated bool
	ng        bool
}

// Truncated is a file that ends within a record.
type Truncated struct {
	Offset int64 // where the record begins
	After  int64 // where the file ends
}

func (t *Truncated) Error() string {
	return fmt.Sprintf("ends at offset %d, within the record at offset %d: --allow-truncated uses what comes before", t.After, t.Offset)
}

// Read is io.Reader's.
func (f *frames) Read(p []byte) (int, error) {
	for f.read == len(f.record) {
		f.offset, f.read, f.record = f.end, 0, f.record[:0]
		if err := f.next(); err != nil {
			f.record = f.record[:0]
			return 0, f.cut(err)
		}
		f.end = f.offset + int64(len(f.record))
		if f.order == nil {
			return 0, errors.New("has no section header")
		}
		f.skip()
	}
	n := copy(p, f.record[f.read:])
	f.read += n
	return n, nil
}

// cut turns the end within a record into what it means.
func (f *frames) cut(err error) error {
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	if f.truncated = true; f.allow {
		return io.EOF
	}
	return &Truncated{f.offset, f.end}
}

// take appends n bytes of the file to the record.
func (f *frames) take(n int) error {
	have := len(f.record)
	if need := have + n; cap(f.record) < need {
		grown := make([]byte, have, max(need, 4096))
		copy(grown, f.record)
		f.record = grown
	}
	f.record = f.record[:have+n]
	got, err := io.ReadFull(f.in, f.record[have:])
	f.end = f.offset + int64(have+got)
	if err == io.EOF && have > 0 {
		err = io.ErrUnexpectedEOF
	}
	return err
}

// header is that of a pcap file; records follow.
func (f *frames) header() error {
	if err := f.take(24); err != nil {
		return err
	}
	f.order, _ = pcapMagic(f.record)
	f.next = f.packet
	return nil
}

// packet is one record of a pcap file.
func (f *frames) packet() error {
	if err := f.take(16); err != nil {
		return err
	}
	n := f.order.Uint32(f.record[8:])
	if n > longestPacket {
		return fmt.Errorf("the record at offset %d claims %d bytes, and no packet has more than %d", f.offset, n, longestPacket)
	}
	return f.take(int(n))
}

// The blocks of pcapng that are handed on.
const (
	blockSection   = 0x0a0d0d0a
	blockInterface = 1
	blockPacket    = 2
	blockSimple    = 3
	blockNames     = 4
	blockStats     = 5
	blockEnhanced  = 6
)

// block is one block of a pcapng file.
func (f *frames) block() error {
	if err := f.take(8); err != nil {
		return err
	}
	if binary.LittleEndian.Uint32(f.record) == blockSection {
		if err := f.section(); err != nil {
			return err
		}
	}
	if f.order == nil {
		return nil
	}
	n := f.order.Uint32(f.record[4:])
	if n < 12 || n%4 != 0 || n > longestBlock {
		return fmt.Errorf("the block at offset %d claims %d bytes: not a multiple of 4 from 12 to %d", f.offset, n, longestBlock)
	}
	if have := len(f.record); int(n) > have {
		if err := f.take(int(n) - have); err != nil {
			return err
		}
	}
	if again := f.order.Uint32(f.record[n-4:]); again != n {
		return fmt.Errorf("the block at offset %d has %d bytes by its head and %d by its end", f.offset, n, again)
	}
	return f.limits(int(n))
}

// section learns the byte order, which a section header states behind its
// length.
func (f *frames) section() error {
	if err := f.take(4); err != nil {
		return err
	}
	switch magic := f.record[8:12]; {
	case binary.LittleEndian.Uint32(magic) == 0x1a2b3c4d:
		f.order = binary.LittleEndian
	case binary.BigEndian.Uint32(magic) == 0x1a2b3c4d:
		f.order = binary.BigEndian
	default:
		return fmt.Errorf("the section at offset %d has the byte order mark % x", f.offset, magic)
	}
	return nil
}

// limits keeps what the reader above remembers of a file within bounds.
func (f *frames) limits(n int) error {
	switch f.order.Uint32(f.record) {
	case blockNames:
		if f.names += n; f.names > mostNames {
			return fmt.Errorf("more than %d bytes of names, up to offset %d", mostNames, f.offset)
		}
	case blockInterface:
		if f.faces++; f.faces > mostFaces {
			return fmt.Errorf("more than %d interfaces, up to offset %d", mostFaces, f.offset)
		}
	}
	return nil
}

// skip drops a block that is not about packets, such as secrets.
func (f *frames) skip() {
	if !f.ng || len(f.record) < 8 {
		return
	}
	switch f.order.Uint32(f.record) {
	case blockSection, blockInterface, blockPacket, blockSimple, blockNames, blockStats, blockEnhanced:
	default:
		f.record = f.record[:0]
	}
}
