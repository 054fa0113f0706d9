package capture

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/netip"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
)

// Options are limits. Zeros are the usual ones.
type Options struct {
	AllowTruncated bool  // use a file that ends within a record
	Flows          int   // connections followed at once: 65536
	Services       int   // 4096
	Unpacked       int64 // bytes of a compressed file, unpacked: 4 GiB
}

func (o *Options) defaults() {
	if o.Flows <= 0 {
		o.Flows = 65536
	}
	if o.Services <= 0 {
		o.Services = 4096
	}
	if o.Unpacked <= 0 {
		o.Unpacked = mostUnpacked
	}
}

// Capture is what a file tells.
type Capture struct {
	Kind        string // pcap or pcapng
	Gzip        bool
	Truncated   bool // it ended within a record, which was allowed
	First, Last int64
	Counts      Counts
	Services    []*Service // in the order of their first byte
	Trip        Sample     // round trips, in nanoseconds
	Lost, Sent  int        // segments with data
	Names       map[netip.Addr]string
}

// Counts are packets, except where they say otherwise.
type Counts struct {
	Packets    int
	TCP, UDP   int
	Fragments  int // of IP, which are not put together
	NotIP      int // ARP and others
	Other      int // IP, but neither TCP nor UDP
	Broken     int // headers that make no sense, or are cut off
	Links      int // of interfaces that are not understood
	Tagged     int // with VLAN tags, which are looked through
	BadTimes   int
	Backwards  int // earlier than the one before
	Doubtful   int // handshakes that may have ended in a timeout
	Overlaps   int // segments that repeat some bytes and bring others
	Reordered  int // segments overtaken by their successors
	Duplicates int // segments that arrived twice, by the receiver's own report
	Flows      int // connections
	Strays     int // without data, of connections that are over or were never seen
	Evicted    int // connections forgotten to make room
	Midway     int // connections that had begun before the capture
	Services   int // connections to services that found no room
	Unpaired   int // requests without a response
	Lagging    int // HTTP/2 connections that lost the thread, and are read as turns
	Streams    int // HTTP/2 streams too many to follow on one connection
}

// source is either reader of package pcapgo.
type source interface {
	ZeroCopyReadPacketData() ([]byte, gopacket.CaptureInfo, error)
}

// Read reads a capture to its end. The name is for messages.
func Read(name string, r io.Reader, o Options) (*Capture, error) {
	o.defaults()
	c, err := read(r, o)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return c, nil
}

func read(r io.Reader, o Options) (*Capture, error) {
	in := bufio.NewReaderSize(r, 64<<10)
	kind, err := peek(in)
	if err != nil {
		return nil, err
	}
	c := &Capture{Names: map[netip.Addr]string{}}
	if kind == kindGzip {
		out, err := unpack(in, o.Unpacked)
		if err != nil {
			return nil, err
		}
		in, c.Gzip = bufio.NewReaderSize(out, 64<<10), true
		if kind, err = peek(in); err != nil {
			return nil, err
		}
		if kind == kindGzip {
			return nil, errors.New("is a gzip file within a gzip file")
		}
	}
	c.Kind = kind
	return c, c.records(in, o)
}

func peek(in *bufio.Reader) (string, error) {
	begins, err := in.Peek(8)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return "", err
	}
	return kindOf(begins)
}

// records goes through the packets.
func (c *Capture) records(in *bufio.Reader, o Options) error {
	f := &frames{in: in, allow: o.AllowTruncated, ng: c.Kind == kindPcapng}
	packets, err := f.open()
	t := newTable(c, &o)
	for err == nil {
		var data []byte
		var info gopacket.CaptureInfo
		if data, info, err = packets.ZeroCopyReadPacketData(); err == nil {
			t.packet(data, &info, linkOf(packets, &info))
		}
	}
	c.Truncated = f.truncated
	if err != io.EOF && !(f.truncated && o.AllowTruncated) {
		return err
	}
	t.finish()
	c.names(packets)
	return nil
}

// open lets package pcapgo read the header.
func (f *frames) open() (source, error) {
	if f.ng {
		f.next = f.block
		ng, err := pcapgo.NewNgReader(f, pcapgo.NgReaderOptions{WantMixedLinkType: true, SkipUnknownVersion: true})
		if err != nil {
			return nil, err
		}
		return ng, nil
	}
	f.next = f.header
	p, err := pcapgo.NewReader(f)
	if err != nil {
		return nil, err
	}
	return p, nil
}

func linkOf(s source, info *gopacket.CaptureInfo) layers.LinkType {
	if p, ok := s.(*pcapgo.Reader); ok {
		return p.LinkType()
	}
	kind, _ := info.AncillaryData[0].(layers.LinkType)
	return kind
}

// names are those of the name resolution blocks.
func (c *Capture) names(s source) {
	ng, ok := s.(*pcapgo.NgReader)
	if !ok {
		return
	}
	for i := range ng.NNames() {
		record, _ := ng.Name(i)
		if ip, ok := record.Addr.(*pcapgo.NgIPAddress); ok && len(record.Names) > 0 {
			c.Names[ip.Addr.Unmap()] = record.Names[0]
		}
	}
}
