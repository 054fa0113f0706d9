package policy

import (
	"strconv"

	"github.com/meshdyno/meshdyno/mesh"
)

// Reply is how an attempt ended, as its driver saw it.
type Reply struct {
	Outcome mesh.Outcome
	Code    mesh.GRPCStatus // 0 where there was none
	Status  uint16          // of HTTP; 0 where no answer came
	Last    bool            // the connection carries no more: the host closes it
	Headers Headers         // of the answer; nil when the driver knows of none
}

// Headers are those of a message. Their names are compared whatever their case.
type Headers interface {
	// AppendHeader appends to dst the value number n, from 0, of a header; false
	// when there are not so many.
	AppendHeader(dst []byte, name string, n int) ([]byte, bool)
}

// AppendHeader knows besides what HTTP/2 has as a header.
func (r *Reply) AppendHeader(dst []byte, name string, n int) ([]byte, bool) {
	switch {
	case name == ":status":
		return strconv.AppendUint(dst, uint64(r.Status), 10), n == 0
	case r.Headers == nil:
		return dst, false
	}
	return r.Headers.AppendHeader(dst, name, n)
}

// ReplyOf is the reply of a host of which nothing but the outcome is known: the
// status that goes with it, which gRPC puts into grpc-status.
func ReplyOf(o mesh.Outcome, grpc bool) Reply {
	switch {
	case broken(o) || o == mesh.Unfinished:
		return Reply{Outcome: o}
	case grpc:
		return Reply{Outcome: o, Status: 200, Code: codeOf(o.Status())}
	}
	return Reply{Outcome: o, Status: uint16(o.Status())}
}

// broken says that no answer came, so that there is no status to look at: what
// the caller sees is the proxy's own.
func broken(o mesh.Outcome) bool {
	return o == mesh.Reset || o == mesh.ConnectFailure || o == mesh.Timeout
}

// status is what the attempt says about its host, in the codes of HTTP: that of
// the answer, of gRPC its counterpart (router.cc, onUpstreamHeaders), and where
// none came what the proxy makes of that.
func (r *Reply) status() int {
	switch {
	case r.Status == 0 || broken(r.Outcome):
		return r.Outcome.Status()
	case r.Code != 0:
		return r.Code.Status()
	}
	return int(r.Status)
}

// codeOf is what a service that speaks of its outcomes in HTTP puts into
// grpc-status.
func codeOf(status int) mesh.GRPCStatus {
	switch status {
	case 200:
		return mesh.GRPCOK
	case 503:
		return mesh.GRPCUnavailable
	case 504:
		return mesh.GRPCDeadlineExceeded
	}
	return mesh.GRPCInternal
}

// outcomeSet holds outcomes as bits.
type outcomeSet uint32

func (s outcomeSet) has(o mesh.Outcome) bool { return s>>o&1 != 0 }
