package policy_test

import (
	"fmt"
	"testing"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

// TestTriesInAll counts the attempts of a call that always fails.
func TestTriesInAll(t *testing.T) {
	for _, retries := range []int{0, 1, 2, 1000} {
		up := upstream(t, 3, fmt.Sprintf("retry: {retry_on: [5xx], num_retries: %d}", retries))
		var c policy.Call
		now, tries := mesh.Time(0), 0
		c.Begin(now, up, nil)
		for {
			a := c.Next()
			if a.Kind == policy.Answer {
				break
			}
			if tries++; int(a.Attempt) != tries {
				t.Fatalf("attempt %d is called %d", tries, a.Attempt)
			}
			c.Done(now, a.Attempt, replied(mesh.Error))
			if at := c.WakeAt(); at != mesh.Never {
				now = at
				c.Wake(now)
			}
		}
		if tries != retries+1 {
			t.Errorf("num_retries %d: %d tries", retries, tries)
		}
	}
}
