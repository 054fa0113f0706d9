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
