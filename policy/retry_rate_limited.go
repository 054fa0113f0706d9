package policy

import (
	"errors"
	"strconv"
	"time"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/unit"
)

// RateLimitedBackOff lets the answer say how long to pause before the next try:
// Envoy's rate_limited_retry_back_off. The pause is drawn from one to one and a
// half times that (backoff_strategy.cc, JitteredLowerBoundBackOffStrategy).
type RateLimitedBackOff struct {
	ResetHeaders []ResetHeader `yaml:"reset_headers" required:"true" doc:"where it stands; the first that is there and not too long counts"`
	MaxInterval  unit.Duration `yaml:"max_interval" doc:"what is longer is not heeded"`
}

// SetDefaults gives Envoy's.
func (b *RateLimitedBackOff) SetDefaults() { b.MaxInterval = 300 * unit.Second }

// Check holds it to at least one header.
func (b *RateLimitedBackOff) Check() error {
	if len(b.ResetHeaders) == 0 {
		return errors.New("rate_limited_retry_back_off needs a header to look at: reset_headers: [{name: retry-after}]")
	}
	return nil
}

// ResetHeader is one of them.
type ResetHeader struct {
	Name   string `yaml:"name" required:"true" pattern:"^[0-9A-Za-z][0-9A-Za-z_.-]*$" doc:"name of the header"`
	Format string `yaml:"format" enum:"seconds,unix_timestamp" doc:"whether it counts from now, or from 1970"`
}

// SetDefaults gives Envoy's.
func (h *ResetHeader) SetDefaults() { h.Format = "seconds" }

// Short names the key that a bare text sets: `reset_headers: [retry-after]`.
func (*ResetHeader) Short() string { return "name" }

// reset is how long an answer asks to wait; 0 when it does not.
func (k *course) reset(now mesh.Time, r *Reply) time.Duration {
	if k.plan.Retry == nil || k.plan.Retry.RateLimited == nil || r.Headers == nil {
		return 0
	}
	b := k.plan.Retry.RateLimited
	for i := range b.ResetHeaders {
		n, ok := k.up.readNumber(r.Headers, b.ResetHeaders[i].Name)
		if b.ResetHeaders[i].Format == "unix_timestamp" {
			today := uint64(k.up.epoch) + uint64(now/mesh.Time(time.Second))
			n, ok = n-min(n, today), ok && n >= today
		}
		if ok && n <= uint64(b.MaxInterval.Std()/time.Second) {
			return time.Duration(n) * time.Second
		}
	}
	return 0
}

// Dated tells at which second since 1970 the time of its driver began. Without
// it that was then.
func (u *Upstream) Dated(epoch int64) { u.epoch = epoch }

// atLeast draws from [least, 1.5 least), in whole milliseconds.
func atLeast(least time.Duration, dice *chance.Stream) time.Duration {
	ms := int(least / time.Millisecond)
	return time.Duration(ms+dice.IntN(max(ms>>1, 1))) * time.Millisecond
}

// pushback is gRPC's grpc-retry-pushback-ms: how long the server wants the client
// to wait, or that it must not try again (A6). A value that cannot be read, or a
// second one, says so too (grpc-go stream.go, shouldRetry).
func (u *Upstream) pushback(r *Reply) (wait time.Duration, told, never bool) {
	const name = "grpc-retry-pushback-ms"
	if r.Headers == nil || u.plan.Dialect != "grpc" || !u.has(r.Headers, name) {
		return 0, false, false
	}
	ms, err := strconv.ParseInt(string(u.scratch), 10, 32)
	_, twice := r.Headers.AppendHeader(u.scratch[:0], name, 1)
	return time.Duration(ms) * time.Millisecond, true, err != nil || ms < 0 || twice
}
