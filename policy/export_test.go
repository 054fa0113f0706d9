package policy

import "time"

// Requests counts the attempts under way.
func (u *Upstream) Requests() int { return u.requests }

// Retries counts the retries under way.
func (u *Upstream) Retries() int { return u.retries }

// Hosts is what the proxy knows of the replicas.
func (u *Upstream) Hosts() []Host { return u.set.Hosts }

// Pause draws the back-off before retry n.
func (u *Upstream) Pause(n int) time.Duration { return u.pause(n) }
