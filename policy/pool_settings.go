package policy

import (
	"errors"
	"math"

	"github.com/meshdyno/meshdyno/unit"
)

// ConnectionPool is how connections to hosts are made, shared and ended. The
// names are Envoy's, from where it has them: the cluster (cluster.proto,
// preconnect_policy), its HttpProtocolOptions and its Http2ProtocolOptions.
type ConnectionPool struct {
	MaxRequestsPerConnection  int            `yaml:"max_requests_per_connection" min:"0" max:"4294967295" doc:"requests that one connection carries in its life; 0: any number"`
	MaxConcurrentStreams      int            `yaml:"max_concurrent_streams" min:"0" max:"2147483647" doc:"requests that one connection of HTTP/2 carries at once; 0: any number"`
	ConnectTimeout            *unit.Duration `yaml:"connect_timeout" doc:"how long a connection may take to be made; forever when left out (Envoy: 5s)"`
	IdleTimeout               *unit.Duration `yaml:"idle_timeout" doc:"a connection without a request for so long, also while it is being made, is closed; never when left out (Envoy: 1h)"`
	MaxConnectionDuration     *unit.Duration `yaml:"max_connection_duration" doc:"a connection takes no more requests when it is so old"`
	PerUpstreamPreconnect     float64        `yaml:"per_upstream_preconnect_ratio" min:"1" max:"3" doc:"connections to a host for each request that it has or that waits for it; more than 1 opens them ahead"`
	PredictivePreconnectRatio float64        `yaml:"predictive_preconnect_ratio" min:"1" max:"3" doc:"the same for all hosts together: those that will be picked next are connected ahead, where round_robin among equal weights can tell them"`
}

// SetDefaults opens nothing ahead.
func (s *ConnectionPool) SetDefaults() { s.PerUpstreamPreconnect, s.PredictivePreconnectRatio = 1, 1 }

// Check refuses timeouts that nothing could meet.
func (s *ConnectionPool) Check() error {
	for _, d := range []*unit.Duration{s.ConnectTimeout, s.IdleTimeout, s.MaxConnectionDuration} {
		if d != nil && *d <= 0 {
			return errors.New("a timeout of a connection is longer than 0; leave it out for none")
		}
	}
	return nil
}

// noPoolSettings are those of an upstream of which no rule says any.
var noPoolSettings = ConnectionPool{PerUpstreamPreconnect: 1, PredictivePreconnectRatio: 1}

// Envoy's ratios are floats of 32 bits.

func (s *ConnectionPool) ratio() float32 { return float32(s.PerUpstreamPreconnect) }
func (s *ConnectionPool) ahead() float32 { return float32(s.PredictivePreconnectRatio) }

// mostStreams is what a connection of HTTP/2 carries without a limit
// (DEFAULT_MAX_STREAMS, http/conn_pool_base.cc).
const mostStreams = 1 << 29

// perConnection is how many requests a connection carries at once, and in its
// life.
func (s *ConnectionPool) perConnection(multiplexed bool) (atOnce, inLife uint32) {
	if !multiplexed {
		return 1, orAll(s.MaxRequestsPerConnection, math.MaxUint32)
	}
	return orAll(s.MaxConcurrentStreams, mostStreams), orAll(s.MaxRequestsPerConnection, mostStreams)
}

// orAll is n, and all for 0.
func orAll(n int, all uint32) uint32 {
	if n == 0 {
		return all
	}
	return uint32(n)
}
