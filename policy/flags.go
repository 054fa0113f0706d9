package policy

import (
	"strings"

	"github.com/meshdyno/meshdyno/mesh"
)

// Flags says why an answer is what it is: Envoy's response flags, as its access
// log has them.
type Flags uint32

// The flags that a call can have, in Envoy's order (stream_info.h,
// CoreResponseFlag).
const (
	NoHealthyUpstream             Flags = 1 << iota // no host to send to
	UpstreamRequestTimeout                          // the route's or a try's timeout passed
	UpstreamConnectionFailure                       // no connection could be made
	UpstreamConnectionTermination                   // the connection broke
	UpstreamOverflow                                // a circuit breaker shed the request, or refused a retry
	DelayInjected                                   // the fault filter held the request back
	FaultInjected                                   // the fault filter answered
	UpstreamRetryLimitExceeded                      // another try was due, and none was left
	StreamIdleTimeout                               // nothing moved for so long
)

var flagNames = [...]string{"UH", "UT", "UF", "UC", "UO", "DI", "FI", "URX", "SI"}

// FlagCount is how many flags there are.
const FlagCount = len(flagNames)

// FlagName is the short word of flag number i, from 0.
func FlagName(i int) string { return flagNames[i] }

// String joins the short words by commas, as in an access log: UF,URX.
func (f Flags) String() string {
	var words []string
	for i, name := range flagNames {
		if f>>i&1 != 0 {
			words = append(words, name)
		}
	}
	return strings.Join(words, ",")
}

// flagOf is the flag of an attempt that brought no answer (router.cc,
// streamResetReasonToResponseFlag).
func flagOf(o mesh.Outcome) Flags {
	switch o {
	case mesh.Reset:
		return UpstreamConnectionTermination
	case mesh.ConnectFailure:
		return UpstreamConnectionFailure
	case mesh.Timeout:
		return UpstreamRequestTimeout
	}
	return 0
}
