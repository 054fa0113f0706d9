package policy

import "github.com/meshdyno/meshdyno/mesh"

// outcomeSet holds outcomes as bits.
type outcomeSet uint32

func (s outcomeSet) has(o mesh.Outcome) bool { return s>>o&1 != 0 }

// retriable is the set of the outcomes of an attempt that are worth another
// one: Envoy's x-envoy-retry-on (router_filter.rst; retry_state_impl.cc).
//
// An attempt that ends in Overflow or Unavailable got that answer from a proxy
// further on, which is a 503 like any other (with x-envoy-overloaded, tried
// again since April 2020). The proxy's own Overflow ends no attempt and is not
// asked about here: it is never tried again.
func (r *Retry) retriable(grpc bool) (set outcomeSet) {
	for o := mesh.OK; o < mesh.Outcomes; o++ {
		if r.covers(o, grpc) {
			set |= 1 << o
		}
	}
	return set
}

func (r *Retry) covers(o mesh.Outcome, grpc bool) bool {
	for _, on := range r.RetryOn {
		switch {
		case broken(o):
			if fromReset(on, o) {
				return true
			}
		case fromHeaders(on, httpStatus(o, grpc)), grpc && fromGRPC(on, o.Status()):
			return true
		case on == "retriable-status-codes" && r.lists(httpStatus(o, grpc)):
			return true
		}
	}
	return false
}

// broken says that no answer came, so that there is no status to look at: what
// the caller sees is the proxy's own.
func broken(o mesh.Outcome) bool {
	return o == mesh.Reset || o == mesh.ConnectFailure || o == mesh.Timeout
}

// fromReset is wouldRetryFromReset. A try's timeout is a reset that this proxy
// made, of a request that was sent. refused-stream never comes: the services
// here answer 503 instead of refusing a stream.
func fromReset(on string, o mesh.Outcome) bool {
	switch on {
	case "5xx", "gateway-error", "reset":
		return true
	case "connect-failure", "reset-before-request":
		return o == mesh.ConnectFailure
	}
	return false
}

// fromHeaders is wouldRetryFromHeaders, less what looks at other headers than
// the status: envoy-ratelimited waits for an answer that carries its header.
func fromHeaders(on string, status int) bool {
	switch on {
	case "5xx":
		return status >= 500 && status < 600
	case "gateway-error":
		return status >= 502 && status <= 504
	case "retriable-4xx":
		return status == 409
	}
	return false
}

// httpStatus is the status line of an answer. That of gRPC is always 200; how
// the call ended stands in grpc-status.
func httpStatus(o mesh.Outcome, grpc bool) int {
	if grpc {
		return 200
	}
	return o.Status()
}

// fromGRPC looks at grpc-status, of which the outcome's status is the
// counterpart in HTTP (google/rpc/code.proto).
func fromGRPC(on string, status int) bool {
	switch on {
	case "cancelled":
		return status == 499
	case "deadline-exceeded":
		return status == 504
	case "internal":
		return status == 500
	case "resource-exhausted":
		return status == 429
	case "unavailable":
		return status == 503
	}
	return false
}

func (r *Retry) lists(status int) bool {
	for _, s := range r.StatusCodes {
		if s == status {
			return true
		}
	}
	return false
}
