package fault

import "errors"

// Health lets a service, or some of its replicas, answer health checks with a
// status of their own, while requests are served as ever: a replica that fails
// its readiness, drains, or calls itself degraded. It changes nothing of checks
// that only connect.
type Health struct {
	Service       string `yaml:"service" required:"true" doc:"which service"`
	Replicas      int    `yaml:"replicas" min:"1" doc:"how many of its replicas, from the first; all when left out"`
	Status        int    `yaml:"status" min:"100" max:"599" doc:"the HTTP status; for gRPC from 400 on it is NOT_SERVING"`
	Degraded      bool   `yaml:"degraded" doc:"with the header x-envoy-degraded; the status is then 200, unless it is set"`
	ImmediateFail bool   `yaml:"immediate_fail" doc:"with the header x-envoy-immediate-health-check-fail, in answers to requests too"`
}

// Target names the service.
func (h *Health) Target() string { return h.Service }

// Answer is the status.
func (h *Health) Answer() int {
	switch {
	case h.Status != 0:
		return h.Status
	case h.Degraded:
		return 200
	}
	return 503
}

// Check refuses what contradicts itself.
func (h *Health) Check() error {
	if h.Degraded && h.ImmediateFail {
		return errors.New("a replica that is degraded does not ask to be left out: degraded or immediate_fail")
	}
	return nil
}
