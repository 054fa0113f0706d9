package mesh

// Outcome is how a request ended. Every request ends in exactly one.
type Outcome uint8

// The outcomes, each with the status a caller sees and, where a proxy gave the
// answer, Envoy's response flag.
const (
	Unfinished     Outcome = iota // still in flight when the run ended
	OK                            // 200
	Error                         // 500: the service itself answered with an error
	Dependency                    // 500: a call that the service made had failed
	Refused                       // 503: the queue of the replica was full
	Expired                       // 503: waited in the queue past its timeout
	Reset                         // 503 UC: the connection broke, the replica crashed
	ConnectFailure                // 503 UF: no connection could be made
	Timeout                       // 504 UT: the route's or the last try's timeout passed
	Overflow                      // 503 UO: a circuit breaker threshold was reached
	Unavailable                   // 503 UH: no healthy host to send to
	Broken                        // 503: a breaker was shut because of failures before
	Deadline                      // 504: nobody waited any more, so the call was not made
	FaultInjected                 // 503 FI, or as the filter says: the fault filter answered
	Outcomes                      // how many there are
)

var outcomes = [Outcomes]struct {
	name   string
	status int
}{
	Unfinished:     {"unfinished", 0},
	OK:             {"ok", 200},
	Error:          {"error", 500},
	Dependency:     {"dependency", 500},
	Refused:        {"refused", 503},
	Expired:        {"expired", 503},
	Reset:          {"reset", 503},
	ConnectFailure: {"connect_failure", 503},
	Timeout:        {"timeout", 504},
	Overflow:       {"overflow", 503},
	Unavailable:    {"unavailable", 503},
	Broken:         {"broken", 503},
	Deadline:       {"deadline", 504},
	FaultInjected:  {"fault_injected", 503},
}

// String is the outcome's name in results and expectations.
func (o Outcome) String() string { return outcomes[o].name }

// Status is the HTTP status that the caller sees, 0 for Unfinished.
func (o Outcome) Status() int { return outcomes[o].status }
