package policy

// Dialect is a system, at a version, whose exact behaviour a rule may ask for.
// What it does otherwise than envoy stands in the code of each knob; here is what
// a reader is told of it.
type Dialect struct {
	Name, About string
	Changes     []Change
}

// Change is what a dialect does otherwise with one key of a rule or one kind of
// a menu.
type Change struct{ Key, About string }

const (
	oneMore = "while fewer than max_ejection_percent are out one more may go, so that one always may"
	decays  = "; an ejection's back-off shrinks in every interval that the host is in"
)

// Dialects lists all of them, the default first.
var Dialects = []Dialect{
	{"envoy", "Envoy as it is now; the same as envoy-1.31", nil},
	{"envoy-1.31", "Envoy from 1.31 on", nil},
	{"envoy-1.28", "Envoy 1.28 to 1.30", []Change{
		{"outlier_detection", "always_eject_one_host is not known yet"},
	}},
	{"envoy-1.27", "Envoy 1.27", []Change{
		{"outlier_detection", "one host may always be out" + decays},
	}},
	{"envoy-1.26", "Envoy 1.26", []Change{
		{"outlier_detection", oneMore + decays},
	}},
	{"envoy-1.25", "Envoy up to 1.25", []Change{
		{"outlier_detection", oneMore + decays + "; a request that the circuit breaker stops counts as a failure of the host that would have got it"},
	}},
	{"grpc", "gRPC's client, without a proxy", []Change{
		{"outlier_detection", "only success rates and failure percentages are looked at; " + oneMore},
		{"common_lb_config", "there is no panic; all requests go to the first priority that has a host in"},
		{"retry", "at most five attempts in all; an answer's grpc-retry-pushback-ms says when the next may be made, or that none may"},
		{"ring_hash", "at most 4096 points, hashed by xx_hash; a request whose host fails walks on to the next on the ring"},
	}},
	{"istio", "what Istio makes of a DestinationRule", []Change{
		{"outlier_detection", "success rates and failure percentages are never looked at; what has a number is always enforced; a max_ejection_percent of 0 is 10%"},
		{"common_lb_config", "with outlier_detection there is no panic unless healthy_panic_threshold is given"},
	}},
	{"istio-1.4", "Istio 1.4, with the Envoy of its day", []Change{
		{"outlier_detection", "as istio, but max_ejection_percent stops nothing (envoy#8259)" + decays + "; a request that the circuit breaker stops counts as a failure of the host that would have got it"},
		{"common_lb_config", "as istio"},
	}},
}
