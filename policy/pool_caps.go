package policy

import "math"

// usage is what one proxy has under way to an upstream at one priority, and the
// most that it may have. All its workers share it.
type usage struct {
	connections, pending, requests, retries, pools int
	caps                                           caps
}

// caps are thresholds of a circuit breaker; those not in force are as high as
// numbers go.
type caps struct{ connections, pending, requests, pools, perHost int }

// capsOf reads the thresholds of a priority.
func capsOf(b *CircuitBreaker, at Priority) caps {
	const all = math.MaxInt
	c := caps{all, all, all, all, all}
	if b == nil {
		return c
	}
	t := b.of(at)
	c.connections, c.pending, c.requests = t.MaxConnections, t.MaxPendingRequests, t.MaxRequests
	if t.MaxConnectionPools != nil {
		c.pools = *t.MaxConnectionPools
	}
	if b.PerHostThresholds != nil && at == Normal {
		c.perHost = b.PerHostThresholds.MaxConnections
	}
	return c
}

// Each of these is Envoy's canCreate: fewer than the most
// (resource_manager_impl.h).

func (u *usage) admitsRequest() bool { return u.requests < u.caps.requests }
func (u *usage) admitsPending() bool { return u.pending < u.caps.pending }
func (u *usage) admitsPool() bool    { return u.pools < u.caps.pools }

// admitsConnection asks for one more to a host that has so many.
func (u *usage) admitsConnection(host int32) bool {
	return int(host) < u.caps.perHost && u.connections < u.caps.connections
}

// newUsages makes what all workers share, with nothing under way.
func newUsages(b *CircuitBreaker) *[priorities]usage {
	return &[priorities]usage{{caps: capsOf(b, Normal)}, {caps: capsOf(b, High)}}
}
