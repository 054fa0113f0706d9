package proxy

import (
	"context"
	"time"
)

// copy sends a copy of the request to a mirror, and forgets it: its answer is
// thrown away, and it goes on when the caller has left.
func (c *call) copy(number int) {
	if number >= len(c.copies) || c.copies[number] == nil {
		return
	}
	to, timeout := c.copies[number], c.policy.Timeout()
	r := c.request.Clone(context.WithoutCancel(c.request.Context()))
	r.Host = c.up.Mirror(number).ShadowHost(r.Host)
	go newCall(to, r, c.body).shadow(timeout)
}

// shadow is the whole life of a copy.
func (c *call) shadow(timeout time.Duration) {
	c.run(func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.calls++
		c.number = c.calls
		now := c.clock.now()
		if c.log != nil {
			c.log.Begin(now, c.number)
		}
		c.policy.BeginCopy(now, c.up, reading{c.request}, timeout)
		c.act(now)
	})
	if c.response != nil {
		c.response.Body.Close()
	}
}
