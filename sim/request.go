package sim

import (
	"strconv"
	"strings"
	"time"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/loadgen"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

// reading is a call's request as its proxy reads it. The headers are those of
// the request from outside that the call is part of: services hand them on,
// as they do with what traces a request or names its user.
type reading struct {
	run  *Run
	call *call
}

// AppendHeader draws the value from a stream of the header's own: it is the
// same at every hop, however often and in whatever order it is asked for.
func (q *reading) AppendHeader(dst []byte, name string, n int) ([]byte, bool) {
	if dst, told := q.appendDeadline(dst, name); told {
		return dst, n == 0
	}
	if with, ok := q.appendSession(dst, name); ok {
		if n == 0 {
			return with, true
		}
		n--
	}
	headers := q.traffic().Headers
	for i := range headers {
		h := &headers[i]
		if !strings.EqualFold(h.Name, name) {
			continue
		}
		if n > 0 {
			n--
			continue
		}
		if text, literal := h.Value.Literal(); literal {
			return append(dst, text...), true
		}
		dice := chance.Keyed(chance.Mix(q.call.origin, chance.Name(h.Name)))
		return strconv.AppendUint(dst, h.Value.Draw(&dice), 10), true
	}
	if n == 0 && q.callee().Protocol == "grpc" && strings.EqualFold(name, "content-type") {
		return append(dst, "application/grpc"...), true
	}
	return dst, false
}

// appendDeadline says how long the caller itself has left, in the words of what
// it was asked by.
func (q *reading) appendDeadline(dst []byte, name string) ([]byte, bool) {
	expects, grpc := strings.EqualFold(name, policy.ExpectedTimeout), strings.EqualFold(name, policy.GRPCTimeout)
	if q.call.root || q.call.copied || !expects && !grpc {
		return dst, false
	}
	v := q.run.visits.get(q.run.tasks.get(q.call.waiter).visit)
	if grpc != (q.run.services[q.run.replicas[v.replica].service].Protocol == "grpc") || v.until == mesh.Never {
		return dst, false
	}
	left := max(v.until.Sub(q.run.now), 0)
	if grpc {
		return policy.AppendGRPCTimeout(dst, left), true
	}
	return strconv.AppendInt(dst, int64((left+time.Millisecond-1)/time.Millisecond), 10), true
}

// AppendSource names the caller: web-2.
func (q *reading) AppendSource(dst []byte) []byte {
	a := &q.run.agents[q.call.caller]
	dst = append(dst, q.run.callerName(a.owner)...)
	return strconv.AppendInt(append(dst, '-'), int64(a.index), 10)
}

// Path is the endpoint that is called, with the query of the traffic class where
// that is the caller: services hand on headers and no queries.
func (q *reading) Path() string {
	if c := &q.run.classes[q.call.class]; q.outside() && c.path != "" {
		return c.path
	}
	return q.callee().pathOf(q.call.endpoint)
}

// Method is that of the traffic class where it is the caller, else what a call
// between services is made with.
func (q *reading) Method() string {
	switch {
	case q.callee().Protocol == "grpc":
		return "POST"
	case q.outside():
		return q.traffic().Method
	}
	return "GET"
}

// Host is the name of the callee, unless the traffic class asks for another.
func (q *reading) Host() string {
	if q.outside() && q.traffic().Host != "" {
		return q.traffic().Host
	}
	return q.callee().Name
}

// outside says that the caller is no service.
func (q *reading) outside() bool {
	return int(q.run.agents[q.call.caller].owner) >= len(q.run.services)
}

func (q *reading) traffic() *loadgen.Traffic { return &q.run.model.Traffic[q.call.class] }

func (q *reading) callee() *service { return &q.run.services[q.run.edges[q.call.edge].callee] }
