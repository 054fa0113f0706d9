package capture

import (
	"net/netip"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
)

// table is the connections under way, the services, and the capture that they
// become part of.
type table struct {
	*Capture
	options  *Options
	decoder  *decoder
	flows    map[pair]*flow
	oldest   *flow // not heard of for the longest time
	newest   *flow
	services map[netip.AddrPort]*Service
	last     int64
	far      int64 // smallest part of a round trip between the interface and a client
}

// pair is both ends of a connection, the smaller first.
type pair struct{ a, b netip.AddrPort }

func pairOf(s *segment) pair {
	if s.from.Compare(s.to) <= 0 {
		return pair{s.from, s.to}
	}
	return pair{s.to, s.from}
}

func newTable(c *Capture, o *Options) *table {
	return &table{Capture: c, options: o, decoder: newDecoder(), flows: map[pair]*flow{}, services: map[netip.AddrPort]*Service{}}
}

// packet is the next of the file.
func (t *table) packet(data []byte, info *gopacket.CaptureInfo, link layers.LinkType) {
	t.Counts.Packets++
	s, ok := t.decoder.decode(data, info, link, &t.Counts)
	if !ok {
		return
	}
	if t.First == 0 || s.at < t.First {
		t.First = s.at
	}
	t.Last = max(t.Last, s.at)
	if s.at < t.last {
		t.Counts.Backwards++
	}
	t.last = s.at
	t.segment(&s)
}

func (t *table) segment(s *segment) {
	key := pairOf(s)
	f := t.flows[key]
	fresh := s.flags.syn && !s.flags.ack
	if f != nil && fresh && f.begun() && s.seq != f.half[f.sideOf(s)].first {
		t.forget(f) // the same ports again
		f = nil
	}
	if f == nil && !s.flags.syn && s.size == 0 {
		t.Counts.Strays++
		return
	}
	if f == nil {
		f = t.begin(key, s)
	}
	t.touch(f)
	f.segment(t, s)
	if f.over() {
		t.forget(f)
	}
}

// begin follows one more connection, at the cost of the one that was silent for
// the longest time when there is no room.
func (t *table) begin(key pair, s *segment) *flow {
	if len(t.flows) >= t.options.Flows {
		t.Counts.Evicted++
		t.forget(t.oldest)
	}
	t.Counts.Flows++
	f := newFlow(key, s)
	t.flows[key] = f
	return f
}

// touch makes a connection the newest.
func (t *table) touch(f *flow) {
	if t.newest == f {
		return
	}
	t.unlink(f)
	f.older, t.newest = t.newest, f
	if f.older != nil {
		f.older.newer = f
	} else {
		t.oldest = f
	}
}

func (t *table) unlink(f *flow) {
	if f.older != nil {
		f.older.newer = f.newer
	} else if t.oldest == f {
		t.oldest = f.newer
	}
	if f.newer != nil {
		f.newer.older = f.older
	} else if t.newest == f {
		t.newest = f.older
	}
	f.older, f.newer = nil, nil
}

// forget adds up what a connection told.
func (t *table) forget(f *flow) {
	f.finish(t)
	t.unlink(f)
	delete(t.flows, f.key)
}

func (t *table) finish() {
	for t.oldest != nil {
		t.forget(t.oldest)
	}
}

// service finds the service at an address, or nil when there are too many.
func (t *table) service(at netip.AddrPort) *Service {
	if s := t.services[at]; s != nil {
		return s
	}
	if len(t.services) >= t.options.Services {
		t.Counts.Services++
		return nil
	}
	s := &Service{At: at, Callers: map[netip.Addr]int{}}
	t.services[at] = s
	t.Services = append(t.Services, s)
	return s
}
