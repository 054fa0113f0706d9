package flow

import (
	"time"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/wire/link"
	"github.com/meshdyno/meshdyno/wire/tcp"
)

// Path is what all connections from one host to another have in common, in one
// direction. It belongs to one engine: walks use its congestion control.
type Path struct {
	// Follow says that messages do not wait for answers, as streams of HTTP/2. One
	// that is lost is then found missing when the next arrives, and that is thought
	// to come as long after as the last came before. Without it, only what the
	// message itself sends tells of its losses.
	Follow bool

	latency, home   chance.Duration // there, and back
	way, wayHome    int64           // their mean, in nanoseconds
	fixed           bool            // the way there is always the same
	rate, rateHome  int64           // bits a second; 0 is unlimited
	framing         int64           // bytes around each packet there
	segment         int64           // bytes of data in a full segment
	header          int64           // of each packet
	full            int64           // nanoseconds that the transmitter takes for a full packet
	greeting        int64           // for a SYN
	ack, answer     int64           // that the other takes for an acknowledgement, a SYN-ACK
	initial, widest int64           // windows in bytes
	loss, lossHome  losing
	room            int64 // packets that may wait for the transmitter; 0 for no limit
	sender          *tcp.Settings
	receiver        *tcp.Settings
	control         tcp.Control
	window          tcp.Window // for the control
	left            float64    // what a loss leaves of the window
	timed           bool       // losses are found by time
}

// NewPath is the way over there, with acknowledgements coming back.
func NewPath(there, back *link.Settings, sender, receiver *tcp.Settings) *Path {
	p := &Path{
		latency: there.Latency, home: back.Latency, rate: int64(there.Bandwidth), rateHome: int64(back.Bandwidth),
		framing: int64(there.Framing), loss: newLosing(there), lossHome: newLosing(back),
		sender: sender, receiver: receiver, control: sender.Congestion.Settings.New(),
	}
	p.sizes(there, int64(back.Framing))
	p.way, p.wayHome = int64(there.Latency.Mean()), int64(back.Latency.Mean())
	_, p.fixed = there.Latency.Const()
	p.timed = sender.SACK && receiver.SACK && sender.LossDetection == "rack"
	p.left = remainder(p.control)
	if there.Queue != nil && p.rate > 0 {
		if tail, ok := there.Queue.Settings.(*link.DropTail); ok {
			p.room = int64(tail.Limit)
		}
	}
	return p
}

// sizes works out what depends on the size of packets.
func (p *Path) sizes(there *link.Settings, framingHome int64) {
	var plain, greeting tcp.Segment
	greeting.Flags = tcp.SYN
	if p.sender.SACK && p.receiver.SACK {
		greeting.Offers |= tcp.WithSACK
	}
	if p.sender.WindowScale && p.receiver.WindowScale {
		greeting.Offers |= tcp.WithScale
	}
	if p.sender.Timestamps && p.receiver.Timestamps {
		greeting.Offers |= tcp.WithTimestamps
		plain.Offers |= tcp.WithTimestamps
	}
	p.header = int64(plain.Packet())
	mtu := int64(min(p.sender.MTU, p.receiver.MTU))
	if there.MTU > 0 {
		mtu = min(mtu, int64(there.MTU)) // as path MTU discovery finds (RFC 1191)
	}
	p.segment = mtu - p.header
	p.full = p.busy(p.segment)
	p.greeting = serialize(int64(greeting.Packet())+p.framing, p.rate)
	p.answer = serialize(int64(greeting.Packet())+framingHome, p.rateHome)
	p.ack = serialize(p.header+framingHome, p.rateHome)
	n := int64(p.sender.InitialWindow)
	p.initial = min(n*p.segment, max(2*p.segment, n*1460)) // RFC 6928
	p.widest = int64(p.receiver.ReceiveBuffer)
	if greeting.Offers&tcp.WithScale == 0 {
		p.widest = min(p.widest, 65535)
	}
	p.widest = max(p.widest, p.segment)
}

// busy is how long the transmitter takes for a segment of so many bytes.
func (p *Path) busy(data int64) int64 { return serialize(data+p.header+p.framing, p.rate) }

// serialize is ceil(bytes*8e9/rate), in nanoseconds.
func serialize(bytes, rate int64) int64 {
	if rate == 0 {
		return 0
	}
	return (bytes*8_000_000_000 + rate - 1) / rate
}

// trip is the least round trip of a full segment, on average.
func (p *Path) trip() int64 { return p.full + p.way + p.ack + p.wayHome }

// remainder is the share of the window that a congestion control leaves after a
// loss.
func remainder(c tcp.Control) float64 {
	const large = 1 << 30
	c.Reset()
	w := tcp.Window{Size: large, Threshold: large, Segment: 1000}
	c.Lost(0, &w, large)
	return float64(w.Threshold) / large
}

// draw is the time on the way there.
func (p *Path) draw(dice *chance.Stream) mesh.Time {
	if p.fixed {
		return mesh.Time(p.way)
	}
	return mesh.Time(p.latency.Draw(dice))
}

// stand sets the congestion control to where it stood, and returns its window:
// the peak and the window tell the place on its curve.
func (p *Path) stand(now mesh.Time, h *Half) tcp.Window {
	stood := tcp.Window{Size: h.Window(), Threshold: h.threshold(p), Segment: p.segment}
	p.control.Reset()
	if stood.Threshold == unlimited {
		return stood
	}
	peak := h.peak(p)
	p.window = tcp.Window{Size: peak, Threshold: peak, Segment: p.segment}
	p.control.Lost(now, &p.window, int64(float64(stood.Threshold)/p.left))
	p.window = stood
	p.control.Acked(now, &p.window, tcp.Ack{}) // starts its clock
	return stood
}

// avoid is the window after a flight of so many bytes has come home in
// congestion avoidance.
func (p *Path) avoid(now mesh.Time, h *Half, flight int64) int64 {
	if h.underWay(p)+p.segment <= h.Window() {
		return h.Window()
	}
	p.stand(now, h)
	trip := mesh.Time(p.trip())
	p.control.Acked(now+trip, &p.window, tcp.Ack{Bytes: flight, Nxt: flight, Trip: time.Duration(trip), Smooth: time.Duration(trip)})
	return p.window.Size
}
