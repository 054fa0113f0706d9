package stats

import (
	"fmt"
	"time"
)

// A warning is a sentence for the reader, or "" when there is nothing to say.

// WarnShort speaks up when the measured window is shorter than ten times the
// warm-up, the textbook rule for a run that forgets how it began.
func WarnShort(warmup, measured time.Duration) string {
	if warmup <= 0 || measured >= 10*warmup {
		return ""
	}
	return fmt.Sprintf("run too short: %v measured after a warm-up of %v; at least %v (ten times as long) is the rule",
		measured, warmup, 10*warmup)
}

// WarnFew speaks up when intervals rest on fewer than ten replications.
func WarnFew(replications int) string {
	if replications < 2 || replications >= 10 {
		return ""
	}
	return fmt.Sprintf("only %d replications: intervals hold but are wide; use at least 10", replications)
}

// WarnNoSteadyState speaks up when ever more requests were inside a service, to
// the end of the run.
func WarnNoSteadyState(service string, growing bool) string {
	if !growing {
		return ""
	}
	return fmt.Sprintf("no steady state: requests were still piling up in %s at the end; latencies are of this window only", service)
}

// WarnUnfinished speaks up when requests were in flight at the end: their
// latencies are not in the percentiles, which are then too low above the age of
// the oldest.
func WarnUnfinished(unfinished, requests uint64) string {
	if unfinished == 0 || requests == 0 || unfinished*1000 < requests {
		return ""
	}
	return fmt.Sprintf("%d of %d requests were still in flight at the end: percentiles leave them out and may be too low", unfinished, requests)
}
