package sim

import (
	"strconv"
	"strings"

	"github.com/meshdyno/meshdyno/chance"
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
	headers := q.run.model.Traffic[q.call.class].Headers
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
	return dst, false
}

// AppendSource names the caller: web-2.
func (q *reading) AppendSource(dst []byte) []byte {
	a := &q.run.agents[q.call.caller]
	dst = append(dst, q.run.callerName(a.owner)...)
	return strconv.AppendInt(append(dst, '-'), int64(a.index), 10)
}

// Path is the endpoint that is called.
func (q *reading) Path() string {
	s := &q.run.services[q.run.edges[q.call.edge].callee]
	return s.Endpoints[q.call.endpoint-s.endpoint].Path
}
