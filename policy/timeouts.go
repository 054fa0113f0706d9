package policy

import "github.com/meshdyno/meshdyno/unit"

// Timeouts are Envoy's further ones of a route (route_components.proto), and
// whether the deadline of a request travels with it. 0s is no end.
type Timeouts struct {
	IdleTimeout         *unit.Duration     `yaml:"idle_timeout" doc:"how long the caller's stream may go without a byte, from the request on"`
	MaxStreamDuration   *MaxStreamDuration `yaml:"max_stream_duration" doc:"how long the caller's stream may last; timeout is not heeded beside it"`
	MaxGRPCTimeout      *unit.Duration     `yaml:"max_grpc_timeout" doc:"gRPC: the timeout is what the request asks for in grpc-timeout, up to this"`
	GRPCTimeoutOffset   *unit.Duration     `yaml:"grpc_timeout_offset" doc:"gRPC: with max_grpc_timeout, what is taken off grpc-timeout"`
	DeadlinePropagation *bool              `yaml:"deadline_propagation" doc:"a call ends when its caller's own caller stops waiting, and is not made after that; with gRPC so it is if left out"`
}

// MaxStreamDuration is Envoy's, of a route.
type MaxStreamDuration struct {
	MaxStreamDuration       unit.Duration  `yaml:"max_stream_duration" doc:"what holds for requests without grpc-timeout"`
	GRPCTimeoutHeaderMax    *unit.Duration `yaml:"grpc_timeout_header_max" doc:"requests may ask for as much in grpc-timeout; 0s is any"`
	GRPCTimeoutHeaderOffset unit.Duration  `yaml:"grpc_timeout_header_offset" doc:"what is taken off grpc-timeout"`
}

// Short names the key that a bare duration sets.
func (*MaxStreamDuration) Short() string { return "max_stream_duration" }
