package policy_test

import (
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

// TestNoHedgeAfterAPause: a server asks for a pause, and when it is over the caps let
// no attempt out any more. What that server has answered is then the call's.
func TestNoHedgeAfterAPause(t *testing.T) {
	up := upstream(t, 2, "dialect: grpc\nhedging: {max_attempts: 3, hedging_delay: 1s, non_fatal_status_codes: [unavailable]}\ncircuit_breaker: {max_retries: 0}")
	var c policy.Call
	c.Begin(0, up, nil)
	drain(&c)
	r := policy.ReplyOf(mesh.Refused, true)
	r.Headers = lines{"grpc-retry-pushback-ms": "20"}
	c.Done(0, 1, r)
	if drain(&c); c.Over() || c.WakeAt() != mesh.Time(20*time.Millisecond) {
		t.Fatalf("over %v, to be woken at %v", c.Over(), c.WakeAt())
	}
	c.Wake(c.WakeAt())
	if a := c.Next(); a.Kind != policy.Answer || a.Outcome != mesh.Refused {
		t.Errorf("%+v, want the answer refused", a)
	}
}

// TestHedgeThatMayNotGoOut: the first attempt waits for its connection and is
// stopped by max_requests, the next by max_retries. Nothing is left that could
// answer, so the call ends in what stopped it.
func TestHedgeThatMayNotGoOut(t *testing.T) {
	up := upstream(t, 1, "{hedging: {max_attempts: 3, hedging_delay: 10ms}, circuit_breaker: {max_requests: 0, max_retries: 0}}")
	up.Dials()
	var c policy.Call
	c.Begin(0, up, nil)
	if a := c.Next(); a.Kind != policy.Wait {
		t.Fatalf("%+v, and there is no connection", a)
	}
	c.Await(1, 1)
	deed, _ := up.NextDeed()
	up.Connected(0, deed.Conn)
	c.Rouse(0)
	if a := c.Next(); a.Kind != policy.Nothing || c.WakeAt() != mesh.Time(10*time.Millisecond) {
		t.Fatalf("%+v, and the next attempt is due at %v", a, c.WakeAt())
	}
	c.Wake(c.WakeAt())
	if a := c.Next(); a.Kind != policy.Answer || a.Outcome != mesh.Overflow || c.Flags()&policy.UpstreamOverflow == 0 {
		t.Errorf("%+v with the flags %v, want an overflow", a, c.Flags())
	}
}
