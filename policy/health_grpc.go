package policy

// GRPCHealthCheck asks the health service of gRPC (GrpcHealthCheckerImpl). An
// answer other than OK and SERVING puts the host out at once.
type GRPCHealthCheck struct {
	EnvoyHealthCheck
}

// Rules are Envoy's; a probe that is given up costs its stream alone.
func (g *GRPCHealthCheck) Rules() HealthRules {
	r := g.rules(GRPCProbe)
	r.StreamsEndAlone = g.ReuseConnection
	return r
}

// Judge looks for a grpc-status of OK and the state SERVING.
func (g *GRPCHealthCheck) Judge(r ProbeReply) HealthVerdict {
	switch {
	case broken(r.Outcome):
		return NoAnswer
	case r.status() == 200 && !r.NotServing:
		return Passed
	}
	return Condemned
}
