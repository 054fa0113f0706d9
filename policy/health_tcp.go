package policy

// TCPHealthCheck opens a connection and closes it (TcpHealthCheckerImpl without
// bytes to send and receive). That a connection is made says little of the
// process behind it: the kernel, or a sidecar, makes it.
type TCPHealthCheck struct {
	EnvoyHealthCheck
}

// Rules are Envoy's, but there is no connection to be used again.
func (t *TCPHealthCheck) Rules() HealthRules {
	r := t.rules(TCPProbe)
	r.Reuse = false
	return r
}

// Judge looks only for whether there was a connection.
func (t *TCPHealthCheck) Judge(r ProbeReply) HealthVerdict {
	if broken(r.Outcome) {
		return NoAnswer
	}
	return Passed
}
