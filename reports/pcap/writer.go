package pcap

import (
	"fmt"
	"io"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"

	"github.com/meshdyno/meshdyno/mesh"
)

// Options are those of a file.
type Options struct {
	IPv6    bool
	MTU     int       // largest IP packet of a datagram, which is cut into fragments; 1500 when 0. Segments are never cut.
	Epoch   time.Time // when the run began; 2000-01-01 when left out, so that the same run gives the same bytes
	Comment string    // about the file
}

// Writer writes one file. It keeps the first error and returns it ever after.
type Writer struct {
	options Options
	raw     io.Writer
	out     *pcapgo.NgWriter // nil before the first pod
	known   addresses
	faces   []*host
	buffer  gopacket.SerializeBuffer
	payload []byte
	err     error
}

// NewWriter begins a file. Nothing is written before the first packet, or Close.
func NewWriter(w io.Writer, o Options) *Writer {
	if o.MTU == 0 {
		o.MTU = 1500
	}
	if o.Epoch.IsZero() {
		o.Epoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return &Writer{options: o, raw: w, buffer: gopacket.NewSerializeBuffer(),
		known: addresses{map[string]*host{}, map[uint32]bool{}}}
}

// host finds a pod, or gives it an address, an interface and a name record.
func (w *Writer) host(name string) *host {
	if h := w.known.hosts[name]; h != nil {
		return h
	}
	h := w.known.add(name, len(w.faces))
	w.faces = append(w.faces, h)
	w.face(name, fmt.Sprintf("pod %s, %s, %s", name, h.ip(w.options.IPv6), h.mac))
	w.name(h)
	return h
}

// face adds an interface; the first also begins the file.
func (w *Writer) face(name, about string) {
	face := pcapgo.NgInterface{Name: name, Description: about, LinkType: layers.LinkTypeEthernet}
	switch {
	case w.err != nil:
	case w.out == nil:
		info := pcapgo.NgSectionInfo{Application: "meshdyno", Comment: w.options.Comment}
		w.out, w.err = pcapgo.NewNgWriterInterface(w.raw, face, pcapgo.NgWriterOptions{SectionInfo: info})
	default:
		_, w.err = w.out.AddInterface(face)
	}
}

// packet writes the frame that stands in the buffer.
func (w *Writer) packet(now mesh.Time, at *host, comment string) {
	frame := unpadded(w.buffer.Bytes())
	info := gopacket.CaptureInfo{
		Timestamp: w.options.Epoch.Add(time.Duration(now)), CaptureLength: len(frame), Length: len(frame), InterfaceIndex: at.face,
	}
	var o pcapgo.NgPacketOptions
	if comment != "" {
		o.Comments = []string{comment[:min(len(comment), longestComment)]}
	}
	w.err = w.out.WritePacketWithOptions(info, frame, o)
}

// longestComment keeps a comment within the 16 bits of its length.
const longestComment = 4096

// Close writes what is still held back. It does not close the file below.
func (w *Writer) Close() error {
	if w.out == nil {
		w.face("none", "no packets")
	}
	if w.err == nil {
		w.err = w.out.Flush()
	}
	return w.err
}
