package flow

import (
	"math/bits"

	"github.com/meshdyno/meshdyno/mesh"
)

// Conn is what is remembered of a connection between two messages: 32 bytes.
type Conn struct{ There, Back Half }

// Half is that of one direction. The zero Half is not usable: see Path.Open.
type Half struct {
	stamp  uint64 // when the last byte was sent, and how much later than the way takes it arrives
	window uint32 // the congestion window in bytes, and the peak where it last shrank
	flight uint16 // what was under way when the last byte was sent, in eighths of a segment
	past   uint16 // the threshold of slow start in segments, and acknowledgements that came
}

// The parts of the fields.
const (
	sampleBits = 4
	mostTrips  = 1<<sampleBits - 1
	noLimit    = 1<<(16-sampleBits) - 1 // no threshold was ever set
	sentBits   = 48                     // nanoseconds in the ring of three days
	scaleAt    = sentBits + 11
	eighths    = 8
	unlimited  = 1 << 60
	windowBits = 27
	mostWindow = 1<<windowBits - 1
)

// open is a direction whose window is so many bytes.
func (h *Half) open(now mesh.Time, window int64) {
	*h = Half{stamp: uint64(now) & (1<<sentBits - 1), window: uint32(min(window, mostWindow)), past: noLimit << sampleBits}
}

// Quiet is when nothing is under way any more.
func (h *Half) Quiet(now mesh.Time, p *Path) mesh.Time {
	return h.done(now, p) + mesh.Time(p.ack+p.wayHome)
}

// Window is the congestion window in bytes.
func (h *Half) Window() int64 { return int64(h.window & mostWindow) }

func (h *Half) setWindow(bytes int64) {
	h.window = h.window&^mostWindow | uint32(min(bytes, mostWindow))
}

// peak is the window when it last shrank, kept as a multiple of the threshold
// from 1 to 15, to a sixteenth.
func (h *Half) peak(p *Path) int64 {
	k := h.window >> windowBits
	return h.threshold(p) * int64((eighths+k%eighths)<<(k/eighths)) / eighths
}

func (h *Half) setPeak(p *Path, bytes int64) {
	t := h.threshold(p)
	ratio := min(max((bytes*eighths+t/2)/t, eighths), 15*eighths)
	scale := bits.Len64(uint64(ratio)) - 4
	k := int64(scale*eighths) + ratio>>scale - eighths
	h.window = h.window&mostWindow | uint32(k)<<windowBits
}

// threshold is that of slow start, in bytes.
func (h *Half) threshold(p *Path) int64 {
	if n := int64(h.past >> sampleBits); n < noLimit {
		return n * p.segment
	}
	return unlimited
}

// trips is how many acknowledgements came, up to mostTrips.
func (h *Half) trips() int { return int(h.past & mostTrips) }

func (h *Half) keep(p *Path, window, threshold, flight int64, trips int) {
	h.setWindow(window)
	h.setFlight(p, flight)
	h.past = uint16(min(threshold/p.segment, noLimit))<<sampleBits | uint16(min(trips, mostTrips))
}

func (h *Half) setFlight(p *Path, bytes int64) {
	h.flight = uint16(min((bytes*eighths+p.segment-1)/p.segment, 1<<16-1))
}

// underWay is the flight in bytes.
func (h *Half) underWay(p *Path) int64 { return (int64(h.flight)*p.segment + eighths - 1) / eighths }

// settle takes in what came home since the last message.
func (h *Half) settle(now, gap mesh.Time, p *Path) {
	if now < h.Quiet(now, p) {
		h.age(now, gap, p)
		return
	}
	if h.flight > 0 {
		if used := h.underWay(p); 2*used > h.Window() {
			h.grow(now, p, used)
		}
		h.past += uint16(min((int(h.flight)+eighths-1)/eighths, mostTrips-h.trips()))
		h.flight = 0
	}
	if h.Window() > p.initial {
		h.rest(now, p)
	}
}

// sent is when the last byte was sent.
func (h *Half) sent(now mesh.Time) mesh.Time {
	ago := int64((uint64(now)-h.stamp)<<(64-sentBits)) >> (64 - sentBits)
	if ago < -1<<(sentBits-2) { // no walk is that long: it was in the round before
		ago += 1 << sentBits
	}
	return now - mesh.Time(ago)
}

// done is when it arrives, to a thousandth of what holds it up.
func (h *Half) done(now mesh.Time, p *Path) mesh.Time {
	late := int64(h.stamp>>sentBits&(1<<11-1)) << (h.stamp >> scaleAt)
	return h.sent(now) + mesh.Time(p.way+late)
}

func (h *Half) setTimes(sent, done mesh.Time, p *Path) {
	late := min(uint64(max(int64(done-sent)-p.way, 0)), 1<<42-1)
	scale := max(bits.Len64(late)-11, 0)
	h.stamp = uint64(sent)&(1<<sentBits-1) | late>>scale<<sentBits | uint64(scale)<<scaleAt
}

// gap is how long ago the last message was sent; Never when none was.
func (h *Half) gap(now mesh.Time) mesh.Time {
	if h.trips()+int(h.flight) == 0 {
		return mesh.Never
	}
	return max(now-h.sent(now), 0)
}

// stuck says that what was sent is held up by a loss, and with it what follows.
func (h *Half) stuck(now mesh.Time, p *Path) bool {
	return p.rate == 0 && h.done(now, p) > max(now, h.sent(now))+mesh.Time(p.way)
}

// age lets acknowledgements come home while more is offered: evenly over a round
// trip, as if the flight had been sent so.
func (h *Half) age(now, gap mesh.Time, p *Path) {
	if gap == mesh.Never || h.flight == 0 || h.stuck(now, p) {
		return
	}
	flight := h.underWay(p)
	acked := min(flight*int64(gap)/max(p.trip(), 1), flight)
	switch window := h.Window(); {
	case window >= h.threshold(p):
		h.setWindow(p.avoid(h.sent(now), h, acked))
	case 2*flight > window:
		h.setWindow(window + acked)
	}
	h.past += uint16(min(int((acked+p.segment-1)/p.segment), mostTrips-h.trips()))
	h.setFlight(p, flight-acked)
}

// grow is what the acknowledgements of the last flight did: each adds what it
// acknowledges, in slow start, as long as twice of what is under way exceeds the
// window.
func (h *Half) grow(now mesh.Time, p *Path, flight int64) {
	window := h.Window()
	if window >= h.threshold(p) {
		window = p.avoid(now, h, flight)
	} else {
		one := min(p.segment, flight)
		quick := p.quick(h.trips())
		window, flight = opening(window, flight, one, quick)
		window, _ = opening(window, flight, min(2*one, flight), flight)
	}
	h.setWindow(window)
}

// opening lets at most so many acknowledgements come, of so many bytes each.
func opening(window, flight, each, most int64) (int64, int64) {
	if spare := 2*flight - window; spare > 0 && each > 0 {
		n := min((spare+3*each-1)/(3*each), most, flight/each)
		window, flight = window+n*each, flight-n*each
	}
	return window, flight
}

// quick is how many acknowledgements do not wait, after so many. One was the
// answer to SYN.
func (p *Path) quick(trips int) int64 {
	if p.receiver.DelayedAck == 0 {
		return 1 << 30
	}
	return max(int64(p.receiver.QuickAcks)-1-int64(trips), 0)
}

// rest begins anew with the initial window after a timeout without sending (RFC
// 5681 4.1).
func (h *Half) rest(now mesh.Time, p *Path) {
	if p.sender.SlowStartIdle && int64(now-h.sent(now)) > p.timeout(h.trips()) {
		h.setWindow(p.initial)
	}
}

// timeout is the retransmission timeout after so many round trips that were all
// alike: the variation begins at half of one and loses a quarter with each.
func (p *Path) timeout(trips int) int64 {
	return p.smooth(trips) + max(4*p.variation(trips), int64(p.sender.MinRTO))
}

// smooth is the smoothed round trip, which the handshake measured first.
func (p *Path) smooth(trips int) int64 {
	if trips == 0 {
		return p.greeting + p.way + p.answer + p.wayHome
	}
	return p.trip()
}

func (p *Path) variation(trips int) int64 {
	v := p.smooth(0) / 2
	for range trips {
		v -= v / 4
	}
	return v
}
