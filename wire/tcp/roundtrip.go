package tcp

import "time"

// roundTrip is what was measured of the round trip, and the retransmission
// timeout that follows (RFC 6298).
type roundTrip struct {
	smooth    time.Duration // SRTT; 0 before the first measurement
	variation time.Duration // RTTVAR
	initial   time.Duration // the timeout before it
	backoff   int           // how often the timeout was doubled
}

func (t *roundTrip) reset(s *Settings) { *t = roundTrip{initial: s.InitialRTO.Std()} }

// measured takes a measurement in (section 2.2 and 2.3).
func (t *roundTrip) measured(trip time.Duration) {
	t.backoff = 0
	if t.smooth == 0 {
		t.smooth, t.variation = trip, trip/2
		return
	}
	t.variation += (max(t.smooth-trip, trip-t.smooth) - t.variation) / 4
	t.smooth += (trip - t.smooth) / 8
}

// timeout is the retransmission timeout, doubled for each that was in vain
// (2.3, 5.5). The least is added to the round trip, as in Linux; RFC 6298 (2.4)
// bounds the sum by one second, and with less than a round trip that would time
// out all the time.
func (t *roundTrip) timeout(s *Settings) time.Duration {
	rto, most := t.initial, s.MaxRTO.Std()
	if t.smooth > 0 {
		rto = t.smooth + max(4*t.variation, s.MinRTO.Std())
	}
	return doubled(rto, t.backoff, most)
}

// doubled doubles d so often, up to most.
func doubled(d time.Duration, often int, most time.Duration) time.Duration {
	for ; often > 0 && d < most; often-- {
		d *= 2
	}
	return min(d, most)
}

// afterLostSyn is the timeout with which data begin if the SYN was lost and no
// round trip could be measured (5.7).
func (t *roundTrip) afterLostSyn() {
	if t.smooth == 0 {
		t.initial, t.backoff = max(t.initial, 3*time.Second), 0
	}
}
