package scenarios

import (
	"slices"
	"strconv"
	"strings"

	"github.com/meshdyno/meshdyno/fault"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
	"github.com/meshdyno/meshdyno/unit"
)

// idleKnob is a knob of a rule that may change nothing, and why.
type idleKnob struct {
	key  string // below the rule, with dots between
	idle func(h *surroundings, r *policy.Rule) bool
	why  string
}

// idleKnobs are asked about only where a rule says something at their key, and so
// with all the sections above it.
var idleKnobs = []idleKnob{
	{"circuit_breaker.high", func(h *surroundings, r *policy.Rule) bool { return !h.high },
		"never used: no rule gives requests a priority: high"},
	{"connection_pool.max_concurrent_streams", func(h *surroundings, r *policy.Rule) bool { return !h.speaks(r, "http2", "grpc") },
		"never used: it is for HTTP/2, and without it a connection carries one request at a time"},
	{"hedge_policy.hedge_on_per_try_timeout", func(h *surroundings, r *policy.Rule) bool { return r.HedgePolicy.HedgeOnPerTryTimeout && !h.tries },
		"never used: no retry has a per_try_timeout"},
	{"hedging.hedging_delay", func(h *surroundings, r *policy.Rule) bool { return ends(r.Timeout, r.Hedging.HedgingDelay) },
		"never used: the timeout is over before a second attempt is made"},
	{"max_grpc_timeout", func(h *surroundings, r *policy.Rule) bool { return !h.speaks(r, "grpc") },
		"never used: it is for calls over gRPC"},
	{"grpc_timeout_offset", func(h *surroundings, r *policy.Rule) bool { return !h.grpcTimeout },
		"never used: it is taken off where a rule has max_grpc_timeout"},
	{"max_stream_duration.grpc_timeout_header_offset", func(h *surroundings, r *policy.Rule) bool { return r.MaxStreamDuration.GRPCTimeoutHeaderMax == nil },
		"never used: without grpc_timeout_header_max the header is not looked at"},
	{"envoy_headers", func(h *surroundings, r *policy.Rule) bool { return *r.EnvoyHeaders && !h.sends("x-envoy-") },
		"never used: no traffic class sends a header that begins with x-envoy-"},
	{"fault.delay.header_delay", func(h *surroundings, r *policy.Rule) bool {
		return r.Fault.Delay.HeaderDelay && !h.sends("x-envoy-fault-delay-request")
	}, "never used: no traffic class sends the header x-envoy-fault-delay-request"},
	{"fault.abort.header_abort", func(h *surroundings, r *policy.Rule) bool {
		return r.Fault.Abort.HeaderAbort && !h.sends("x-envoy-fault-abort-")
	}, "never used: no traffic class sends the header x-envoy-fault-abort-request"},
	{"common_lb_config.zone_aware_lb_config", func(h *surroundings, r *policy.Rule) bool { return !h.zoned(r) },
		"never used: the replicas are not in several zones"},
	{"common_lb_config.zone_aware_lb_config", func(h *surroundings, r *policy.Rule) bool {
		return h.zoned(r) && !h.any(r, func(s *mesh.Service) bool { return s.Replicas >= r.CommonLB.ZoneAware.MinClusterSize })
	}, "never used: there are fewer replicas than min_cluster_size, which is 6 when left out"},
	{"common_lb_config.override_host_status", func(h *surroundings, r *policy.Rule) bool { return !h.sessions },
		"never used: no rule has a stateful_session"},
}

// idleRetries are those of retries.
var idleRetries = []idleKnob{
	{"retry.per_try_idle_timeout", func(h *surroundings, r *policy.Rule) bool {
		return ends(r.Retry.PerTryTimeout, *r.Retry.PerTryIdleTimeout) || ends(r.Timeout, *r.Retry.PerTryIdleTimeout)
	}, "never used: another timeout is over before"},
	{"retry.retriable_headers", func(h *surroundings, r *policy.Rule) bool {
		return len(r.Retry.RetriableHeaders) > 0 && !slices.Contains(r.Retry.RetryOn, "retriable-headers")
	}, "never used: retry_on lacks retriable-headers"},
	{"retry.retry_on", func(h *surroundings, r *policy.Rule) bool {
		return len(r.Retry.RetriableHeaders) == 0 && slices.Contains(r.Retry.RetryOn, "retriable-headers")
	}, "retriable-headers without retriable_headers means no header"},
	{"retry.rate_limited_retry_back_off", func(h *surroundings, r *policy.Rule) bool {
		return !slices.ContainsFunc(r.Retry.RateLimited.ResetHeaders, func(w policy.ResetHeader) bool { return h.answered[strings.ToLower(w.Name)] })
	}, "never used: no error of a service or a fault has such a header (retry_after, headers)"},
	{"retry.host_selection_retry_max_attempts", func(h *surroundings, r *policy.Rule) bool { return len(r.Retry.HostPredicates) == 0 },
		"never used: without retry_host_predicate no host is turned down"},
	{"retry.retry_priority", func(h *surroundings, r *policy.Rule) bool { return !h.prioritised(r) },
		"never used: the replicas have one priority"},
	{"retry.budget", func(h *surroundings, r *policy.Rule) bool { return policy.AllowsNone(r.Retry.Budget.Settings) },
		"allows 0 retries, so that nothing is tried again"},
}

// idleWithoutSplit are those of outlier detection that only look at failures
// apart from what hosts answer.
var idleWithoutSplit = []string{"consecutive_local_origin_failure", "enforcing_consecutive_local_origin_failure",
	"enforcing_local_origin_success_rate", "enforcing_failure_percentage_local_origin"}

// surroundings is what a rule's knobs may need from elsewhere in the scenario.
type surroundings struct {
	scenario                           *Scenario
	high, tries, grpcTimeout, sessions bool
	sent, answered                     map[string]bool // headers of requests, and of errors
}

// warnIdleKnobs finds settings that change nothing here, as those for what no
// one does, and those that leave nothing to be done.
func (l *loader) warnIdleKnobs() {
	h := l.surroundings()
	for i := range l.scenario.Policies {
		r, path := &l.scenario.Policies[i], at("policies", strconv.Itoa(i))
		l.warnIdleAmong(h, r, path, idleKnobs)
		if r.Retry != nil && r.Retry.NumRetries > 0 {
			l.warnIdleAmong(h, r, path, idleRetries)
		}
		l.warnShut(h, r, path)
		l.warnInert(h, r, append(path, "outlier_detection"))
	}
}

func (l *loader) warnIdleAmong(h *surroundings, r *policy.Rule, path []string, among []idleKnob) {
	for _, k := range among {
		if whole := append(slices.Clone(path), strings.Split(k.key, ".")...); l.tree.Has(whole...) && k.idle(h, r) {
			l.warn(whole, "%s", k.why)
		}
	}
}

// warnShut finds caps that let nobody through: of Envoy's, those of requests that
// wait, too, as a connection is made only for one that waits.
func (l *loader) warnShut(h *surroundings, r *policy.Rule, path []string) {
	b := r.CircuitBreaker
	if b == nil || h.high {
		return
	}
	for key, shut := range map[string]bool{"max_requests": b.MaxRequests == 0, "max_pending_requests": b.MaxPendingRequests == 0,
		"max_connection_pools": b.MaxConnectionPools != nil && *b.MaxConnectionPools == 0} {
		if shut {
			l.warn(append(slices.Clone(path), "circuit_breaker", key), "is 0, so that no request is let through: every call is answered 503")
		}
	}
}

// warnInert finds outlier detection that may not take a single host out, unless
// it says itself that none is to be ejected in any case, and settings of it that
// need another.
func (l *loader) warnInert(h *surroundings, r *policy.Rule, path []string) {
	if r.OutlierDetection == nil {
		return
	}
	if o, ok := r.OutlierDetection.Settings.(*policy.OutlierDetection); ok && !o.Split {
		for _, key := range idleWithoutSplit {
			if l.tree.HasKey(key, path...) {
				l.warn(append(slices.Clone(path), key), "never used: it needs split_external_local_origin_errors: true")
			}
		}
	}
	for i := range h.scenario.Services {
		s := &h.scenario.Services[i]
		if l.tree.HasKey("always_eject_one_host", path...) {
			return
		}
		dialect := policy.Resolve(h.scenario.Policies, r.From, s.Name).Dialect
		if r.To == s.Name && policy.EjectsNone(r.OutlierDetection.Settings, dialect, s.Replicas) {
			l.warn(path, "takes nobody out: of %d replicas of %s its max_ejection_percent is less than one; raise it, or set always_eject_one_host", s.Replicas, s.Name)
		}
	}
}

func (l *loader) surroundings() *surroundings {
	h := &surroundings{scenario: l.scenario, sent: l.headers(), answered: l.answeredHeaders()}
	for i := range l.scenario.Policies {
		r := &l.scenario.Policies[i]
		h.high = h.high || r.Priority == "high"
		h.tries = h.tries || r.Retry != nil && r.Retry.PerTryTimeout != nil
		h.grpcTimeout = h.grpcTimeout || r.MaxGRPCTimeout != nil
		h.sessions = h.sessions || r.Session != nil
	}
	h.tries = h.tries || h.sends("x-envoy-upstream-rq-per-try-timeout-ms")
	return h
}

// answeredHeaders are the names of all headers that errors have, in lower case.
func (l *loader) answeredHeaders() map[string]bool {
	all := map[string]bool{}
	add := func(e *mesh.ErrorAnswer) {
		all["retry-after"] = all["retry-after"] || e.RetryAfter > 0
		for _, h := range e.Headers {
			all[strings.ToLower(h.Name)] = true
		}
	}
	for i := range l.scenario.Services {
		for j := range l.scenario.Services[i].Endpoints {
			add(&l.scenario.Services[i].Endpoints[j].Errors.ErrorAnswer)
		}
	}
	for i := range l.scenario.Faults {
		if e, ok := l.scenario.Faults[i].Kind.(*fault.Errors); ok {
			add(&e.ErrorAnswer)
		}
	}
	return all
}

// sends says whether a traffic class sends a header that begins so.
func (h *surroundings) sends(prefix string) bool {
	for name := range h.sent {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// any says whether a service that a rule may be about is such.
func (h *surroundings) any(r *policy.Rule, such func(s *mesh.Service) bool) bool {
	return slices.ContainsFunc(h.scenario.Services, func(s mesh.Service) bool {
		return (r.To == "" || r.To == s.Name) && such(&s)
	})
}

func (h *surroundings) speaks(r *policy.Rule, protocols ...string) bool {
	return h.any(r, func(s *mesh.Service) bool { return slices.Contains(protocols, s.Protocol) })
}

func (h *surroundings) zoned(r *policy.Rule) bool {
	return h.any(r, func(s *mesh.Service) bool { return min(len(s.Zones), s.Replicas) > 1 })
}

func (h *surroundings) prioritised(r *policy.Rule) bool {
	return h.any(r, func(s *mesh.Service) bool { return len(s.Priorities) > 1 })
}

// ends says whether a time is over by when another is.
func ends(timeout *unit.Duration, other unit.Duration) bool {
	return timeout != nil && *timeout > 0 && other >= *timeout
}
