package policy

import (
	"time"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/internal/menu"
	"github.com/meshdyno/meshdyno/mesh"
)

// HealthCheck is the settings of one kind of active health checks, and what the
// kind decides by them.
type HealthCheck interface {
	// Rules are what every kind has.
	Rules() HealthRules
	// Judge reads what came of a probe.
	Judge(r ProbeReply) HealthVerdict
	// Pause is how long after the end of a check the next one begins.
	Pause(s HealthState, dice *chance.Stream) time.Duration
}

// HealthRules are what the checks of every kind have.
type HealthRules struct {
	Protocol        ProbeProtocol
	Path            string        // what is asked for over HTTP
	Timeout         time.Duration // of one probe
	Rise, Fall      int           // checks in a row that bring a host in, and out
	InitialJitter   time.Duration // the first probe of a host is sent after some of it
	Reuse           bool          // one connection for all probes of a host
	StreamsEndAlone bool          // and a probe that is given up leaves it open
	Trusts          bool          // a host that joins is used before its first check
	Envoys          bool          // discovery and merging of updates are Envoy's
	Opens           *FailOpen     // nil: Envoy's panic
}

// FailOpen is when unhealthy hosts are used too: when fewer than so many, or
// less than such a share, are healthy.
type FailOpen struct {
	Count int
	Share float64 // percent
}

func (f *FailOpen) opens(healthy, hosts int) bool {
	return healthy < f.Count || 100*float64(healthy) < float64(f.Share*float64(hosts))
}

// ProbeProtocol is how a host is asked.
type ProbeProtocol uint8

// The protocols.
const (
	HTTPProbe ProbeProtocol = iota // GET
	TCPProbe                       // only the connection
	GRPCProbe                      // grpc.health.v1.Health/Check
)

// HealthState is how a host stands after a check.
type HealthState struct {
	Passed    bool // the check
	Pending   bool // the host's state would change if it went on so
	Out       bool // the host is
	Good, Bad int  // checks in a row
	Idle      bool // no request has been sent yet, to any host
}

// ProbeReply is what came of a probe. The outcome of one that got no answer is Reset,
// ConnectFailure or Timeout; any other is an answer.
type ProbeReply struct {
	Outcome    mesh.Outcome
	Status     int  // HTTP; when it is 0 that of the outcome counts
	Degraded   bool // x-envoy-degraded
	Immediate  bool // x-envoy-immediate-health-check-fail
	NotServing bool // what a gRPC answer says of the service
	Closed     bool // the connection cannot be used again
}

func (r *ProbeReply) status() int {
	if r.Status == 0 {
		return r.Outcome.Status()
	}
	return r.Status
}

// HealthChecks is the menu of active health checks.
var HealthChecks = menu.Of("health check",
	menu.Row[HealthCheck]{Name: "http", About: "GET, and the status that comes back (Envoy)", New: func() HealthCheck { return &HTTPHealthCheck{EnvoyHealthCheck: envoyHealthCheck(), Path: "/"} }},
	menu.Row[HealthCheck]{Name: "tcp", About: "a connection, closed as soon as it is made (Envoy)", New: func() HealthCheck { return &TCPHealthCheck{envoyHealthCheck()} }},
	menu.Row[HealthCheck]{Name: "grpc", About: "grpc.health.v1.Health/Check, which has to say SERVING (Envoy)", New: func() HealthCheck { return &GRPCHealthCheck{envoyHealthCheck()} }},
	menu.Row[HealthCheck]{Name: "alb", About: "of an application load balancer's target group (AWS)", New: func() HealthCheck { return defaultALBHealthCheck() }},
	menu.Row[HealthCheck]{Name: "nlb", About: "of a network load balancer's target group (AWS)", New: func() HealthCheck { return defaultNLBHealthCheck() }},
	menu.Row[HealthCheck]{Name: "haproxy", About: "check inter fastinter downinter rise fall of a server (HAProxy)", New: func() HealthCheck { return defaultHAProxyHealthCheck() }},
)

// HealthCheckChoice is one row of the menu HealthChecks and its settings:
// `health_check: {kind: http, path: /ready, timeout: 1s, ...}`.
type HealthCheckChoice struct {
	Kind     string
	Settings HealthCheck
}

// KindKey names the key that chooses the row.
func (*HealthCheckChoice) KindKey() string { return "kind" }

// Kinds is the menu to choose from.
func (*HealthCheckChoice) Kinds() menu.Any { return HealthChecks }

// SetKind takes the chosen row.
func (h *HealthCheckChoice) SetKind(name string, settings any) {
	h.Kind, h.Settings = name, settings.(HealthCheck)
}
