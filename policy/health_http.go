package policy

import "fmt"

// HTTPHealthCheck asks with GET (HttpHealthCheckerImpl). A status that is not
// expected puts the host out at once, whatever unhealthy_threshold says
// (envoy#7171), unless it is retriable.
type HTTPHealthCheck struct {
	EnvoyHealthCheck
	Path              string        `yaml:"path" pattern:"^/[!-~]*$" doc:"what a live proxy asks for; a simulated service answers to any"`
	ExpectedStatuses  []StatusRange `yaml:"expected_statuses" doc:"the statuses that pass; 200 when left out"`
	RetriableStatuses []StatusRange `yaml:"retriable_statuses" doc:"statuses that fail, but count towards unhealthy_threshold"`
}

// StatusRange is HTTP statuses from start on, end not among them.
type StatusRange struct {
	Start int `yaml:"start" required:"true" doc:"the first of them"`
	End   int `yaml:"end" required:"true" doc:"the first one after them"`
}

// Check holds a range to what Envoy accepts (HttpStatusChecker::validateRange).
func (r *StatusRange) Check() error {
	switch {
	case r.Start >= r.End:
		return fmt.Errorf("start must be below end (got start %d, end %d)", r.Start, r.End)
	case r.Start < 100:
		return fmt.Errorf("start must be at least 100 (got %d)", r.Start)
	case r.End > 600:
		return fmt.Errorf("end must be at most 600 (got %d)", r.End)
	}
	return nil
}

// Rules are Envoy's; a probe that is given up costs the connection.
func (h *HTTPHealthCheck) Rules() HealthRules {
	r := h.rules(HTTPProbe)
	r.Path = h.Path
	return r
}

// Judge reads the status, and the header x-envoy-degraded of one that passes.
func (h *HTTPHealthCheck) Judge(r ProbeReply) HealthVerdict {
	status := r.status()
	switch {
	case broken(r.Outcome):
		return NoAnswer
	case among(h.ExpectedStatuses, status) || len(h.ExpectedStatuses) == 0 && status == 200:
		if r.Degraded {
			return Limps
		}
		return Passed
	case among(h.RetriableStatuses, status):
		return Failed
	}
	return Condemned
}

func among(ranges []StatusRange, status int) bool {
	for _, r := range ranges {
		if r.Start <= status && status < r.End {
			return true
		}
	}
	return false
}
