package pcap

import (
	"encoding/binary"
	"fmt"

	"github.com/meshdyno/meshdyno/chance"
)

// TLS13 makes what a TLS 1.3 connection looks like to one who has no keys: the
// two hellos as they are, everything else records of the right type and size
// whose content is noise. The noise follows from the key.
type TLS13 struct {
	Key   uint64
	drawn uint64
}

// The content types of records (RFC 8446 5.1), and their sizes.
const (
	changeCipher    = 20
	handshake       = 22
	applicationData = 23
	recordHeader    = 5
	sealed          = 17 // the inner content type, and the tag of AES-GCM
	largestRecord   = 16384
)

// ClientHello is the record with the hello of a client that asks for a server
// by name. It is padded to size bytes of record (RFC 7685) where it is smaller.
func (t *TLS13) ClientHello(server string, size int) []byte {
	name := append([]byte{0}, sized(2, []byte(server))...)
	share := append([]byte{0, 29}, sized(2, t.noise(32))...)
	extensions := extension(0, sized(2, name))
	extensions = append(extensions, extension(10, sized(2, []byte{0, 29}))...)
	extensions = append(extensions, extension(13, sized(2, []byte{4, 3, 8, 4}))...)
	extensions = append(extensions, extension(16, sized(2, sized(1, []byte("h2"))))...)
	extensions = append(extensions, extension(43, sized(1, []byte{3, 4}))...)
	extensions = append(extensions, extension(51, sized(2, share))...)
	body := append([]byte{3, 3}, t.noise(32)...)
	body = append(append(body, sized(1, t.noise(32))...), sized(2, []byte{0x13, 1, 0x13, 2})...)
	body = append(body, 1, 0)
	if missing := size - recordHeader - 4 - len(body) - 2 - len(extensions); missing >= 4 {
		extensions = append(extensions, extension(21, make([]byte, missing-4))...)
	}
	return record(handshake, append([]byte{1}, sized(3, append(body, sized(2, extensions)...))...))
}

// ServerHello is the record with the server's hello.
func (t *TLS13) ServerHello() []byte {
	extensions := extension(43, []byte{3, 4})
	extensions = append(extensions, extension(51, append([]byte{0, 29}, sized(2, t.noise(32))...))...)
	body := append([]byte{3, 3}, t.noise(32)...)
	body = append(append(body, sized(1, t.noise(32))...), 0x13, 1, 0)
	return record(handshake, append([]byte{2}, sized(3, append(body, sized(2, extensions)...))...))
}

// ChangeCipher is the record that both sides send for the sake of middleboxes
// (RFC 8446 D.4).
func (t *TLS13) ChangeCipher() []byte { return record(changeCipher, []byte{1}) }

// Seal is records that carry so many bytes: of the application, or of the
// encrypted part of the handshake.
func (t *TLS13) Seal(n int) (out []byte) {
	for n > 0 {
		part := min(n, largestRecord)
		out = append(out, record(applicationData, t.noise(part+sealed))...)
		n -= part
	}
	return out
}

func record(kind byte, content []byte) []byte {
	return append([]byte{kind, 3, 3}, sized(2, content)...)
}

func extension(kind uint16, content []byte) []byte {
	return append(binary.BigEndian.AppendUint16(nil, kind), sized(2, content)...)
}

// sized puts a length of so many bytes before the content.
func sized(width int, content []byte) []byte {
	if len(content)>>(8*width) > 0 {
		panic(fmt.Sprintf("pcap: %d bytes where a length has %d", len(content), width))
	}
	out := binary.BigEndian.AppendUint32(nil, uint32(len(content)))[4-width:]
	return append(out, content...)
}

func (t *TLS13) noise(n int) []byte {
	out := make([]byte, 0, n+8)
	for len(out) < n {
		t.drawn++
		out = binary.LittleEndian.AppendUint64(out, chance.Mix(t.Key, t.drawn))
	}
	return out[:n]
}
