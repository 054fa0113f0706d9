package layers

import (
	"math/bits"

	"github.com/meshdyno/meshdyno/unit"
)

// Layer is one of the seven, 1 to 7.
type Layer uint8

// The layers.
const (
	Physical Layer = 1 + iota
	DataLink
	Network
	Transport
	Session
	Presentation
	Application
)

// Account is what a message, or many, cost. Index 0 of the arrays is not used.
type Account struct {
	Bytes [Application + 1]int64 // added by each layer; Presentation's may be below 0
	Time  [Application + 1]int64 // ns spent in each layer
	// Packets, Records and Frames are how many there were, of IP, TLS and HTTP/2.
	Packets, Records, Frames int64
}

// Add adds another account, layer by layer.
func (a *Account) Add(b *Account) {
	for i := range a.Bytes {
		a.Bytes[i] += b.Bytes[i]
		a.Time[i] += b.Time[i]
	}
	a.Packets += b.Packets
	a.Records += b.Records
	a.Frames += b.Frames
}

// Spend adds time to a layer.
func (a *Account) Spend(layer Layer, d unit.Duration) { a.Time[layer] += int64(d) }

// TotalBytes is what passed on the wire, preambles and gaps included.
func (a *Account) TotalBytes() (sum int64) {
	for _, n := range a.Bytes {
		sum += n
	}
	return sum
}

// From is the bytes of a layer and of those above it: what it was given to
// carry, and what it added.
func (a *Account) From(layer Layer) (sum int64) {
	for _, n := range a.Bytes[layer:] {
		sum += n
	}
	return sum
}

// TotalTime is the sum over the layers.
func (a *Account) TotalTime() (sum unit.Duration) {
	for _, ns := range a.Time {
		sum += unit.Duration(ns)
	}
	return sum
}

// Transmit spends the time that the bytes take to leave, as layer 1 has them, at
// a rate; none if it is unlimited.
func (a *Account) Transmit(rate unit.BitRate) { a.Spend(Physical, Leaving(a.TotalBytes(), rate)) }

// Leaving is how long n bytes take to leave at a rate, rounded up to the
// nanosecond; 0 if it is unlimited. It is right up to 146 years.
func Leaving(n int64, rate unit.BitRate) unit.Duration {
	if rate <= 0 || n <= 0 {
		return 0
	}
	high, low := bits.Mul64(uint64(n), 8*uint64(unit.Second))
	low, carry := bits.Add64(low, uint64(rate)-1, 0)
	if high+carry >= uint64(rate) {
		return 1<<63 - 1
	}
	ns, _ := bits.Div64(high+carry, low, uint64(rate))
	return unit.Duration(min(ns, 1<<63-1))
}
