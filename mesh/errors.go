package mesh

import (
	"strconv"
	"strings"
	"time"

	"github.com/meshdyno/meshdyno/unit"
)

// Errors are the errors of an endpoint's own: `errors: 0.1%`, or the long form
// with what they look like.
type Errors struct {
	Ratio unit.Ratio `yaml:"ratio" required:"true" max:"1" doc:"share answered so after the steps"`
	ErrorAnswer
}

// Short names the key that a bare ratio sets.
func (*Errors) Short() string { return "ratio" }

// ErrorAnswer is what an error looks like to a proxy.
type ErrorAnswer struct {
	Status     int           `yaml:"status" min:"400" max:"599" doc:"HTTP status, 500 when left out; gRPC answers 200 all the same"`
	GRPCStatus string        `yaml:"grpc_status" enum:"cancelled,unknown,invalid_argument,deadline_exceeded,not_found,already_exists,permission_denied,resource_exhausted,failed_precondition,aborted,out_of_range,unimplemented,internal,unavailable,data_loss,unauthenticated" doc:"status of gRPC; internal when left out, and what goes with status 429, 503 or 504"`
	RetryAfter unit.Duration `yaml:"retry_after" doc:"what the header retry-after says, in whole seconds"`
	Headers    []Header      `yaml:"headers" doc:"headers beside that: {x-envoy-ratelimited: true}"`
}

// Header is one of an answer.
type Header struct {
	Name  string `yaml:",key" pattern:"^[0-9A-Za-z][0-9A-Za-z_.-]*$"`
	Value string `yaml:",value"`
}

// GRPC is the status of gRPC.
func (e *ErrorAnswer) GRPC() GRPCStatus {
	if g, ok := GRPCStatusNamed(e.GRPCStatus); ok {
		return g
	}
	switch e.Status {
	case 429:
		return GRPCResourceExhausted
	case 503:
		return GRPCUnavailable
	case 504:
		return GRPCDeadlineExceeded
	}
	return GRPCInternal
}

// AppendHeader appends the value number n, from 0, of a header.
func (e *ErrorAnswer) AppendHeader(dst []byte, name string, n int) ([]byte, bool) {
	if e.RetryAfter > 0 && strings.EqualFold(name, "retry-after") {
		return strconv.AppendInt(dst, int64((e.RetryAfter.Std()+time.Second-1)/time.Second), 10), n == 0
	}
	for i := range e.Headers {
		if h := &e.Headers[i]; strings.EqualFold(h.Name, name) {
			if n == 0 {
				return append(dst, h.Value...), true
			}
			n--
		}
	}
	return dst, false
}
