package policy

import (
	"errors"
	"time"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/unit"
)

// FaultFilter harms requests on purpose before they are sent: it delays some,
// answers some itself, or first the one and then the other. Envoy's fault filter
// (fault.proto, fault_filter.cc); which callers, callees and requests it is for
// is said by the rule that it stands in. A delay is not part of the timeout, and
// what it answers is not tried again. One that says nothing harms nobody, and
// keeps the requests of its rule from the filters of later ones.
type FaultFilter struct {
	Delay           *FaultDelay `yaml:"delay" doc:"requests are held back"`
	Abort           *FaultAbort `yaml:"abort" doc:"requests are answered without being sent; after the delay, if they are delayed as well"`
	MaxActiveFaults *int        `yaml:"max_active_faults" min:"0" doc:"no more requests than this are delayed by one proxy at once, and none is aborted beside so many"`
}

// FaultShare is how many requests are harmed. The dice for delays and for aborts
// are independent: of 20% and 5%, 24% are touched.
type FaultShare struct {
	Percentage  unit.Ratio `yaml:"percentage" required:"true" max:"1" doc:"share of the requests"`
	Denominator string     `yaml:"denominator" enum:"hundred,ten_thousand,million" doc:"what a percentage in a header counts in; it can lower the share, not raise it"`
}

// FaultDelay holds requests back.
type FaultDelay struct {
	FixedDelay  unit.Duration `yaml:"fixed_delay" doc:"for so long"`
	HeaderDelay bool          `yaml:"header_delay" doc:"for as many milliseconds as the header x-envoy-fault-delay-request says; a percentage may be in x-envoy-fault-delay-request-percentage"`
	FaultShare
}

// SetDefaults counts in hundredths.
func (d *FaultDelay) SetDefaults() { d.Denominator = "hundred" }

// Check holds d to one source of its length.
func (d *FaultDelay) Check() error {
	if count(d.FixedDelay > 0, d.HeaderDelay) != 1 {
		return errors.New("a delay is exactly one of fixed_delay, above 0s, and header_delay: true")
	}
	return nil
}

// FaultAbort answers requests.
type FaultAbort struct {
	HTTPStatus  int  `yaml:"http_status" min:"200" max:"599" doc:"with this status"`
	GRPCStatus  *int `yaml:"grpc_status" min:"0" max:"255" doc:"with 200 and this grpc-status"`
	HeaderAbort bool `yaml:"header_abort" doc:"with the status that the header x-envoy-fault-abort-request says, else the grpc-status of x-envoy-fault-abort-grpc-request; a percentage may be in x-envoy-fault-abort-request-percentage"`
	FaultShare
}

// SetDefaults counts in hundredths.
func (a *FaultAbort) SetDefaults() { a.Denominator = "hundred" }

// Check holds a to one source of its status.
func (a *FaultAbort) Check() error {
	if count(a.HTTPStatus > 0, a.GRPCStatus != nil, a.HeaderAbort) != 1 {
		return errors.New("an abort is exactly one of http_status, grpc_status and header_abort: true")
	}
	return nil
}

// The headers by which a request asks for its own harm.
const (
	delayHeader           = "x-envoy-fault-delay-request"
	delayPercentageHeader = "x-envoy-fault-delay-request-percentage"
	abortHeader           = "x-envoy-fault-abort-request"
	abortGRPCHeader       = "x-envoy-fault-abort-grpc-request"
	abortPercentageHeader = "x-envoy-fault-abort-request-percentage"
)

// harm is what the filter does to one request. The zero harm is none.
type harm struct {
	delay  time.Duration
	answer injected
	active bool // it counts among the active faults
}

// faults is the filter at work in one proxy.
type faults struct {
	*FaultFilter
	active int
	dice   chance.Stream
	buffer []byte // for the value of a header
}

// judge decides about a request. That it is counted among the active ones while
// it is delayed is taken back by release.
func (f *faults) judge(q Request) (h harm) {
	h.delay = f.Delay.length(q, &f.dice, &f.buffer)
	if h.delay > 0 && !f.admits(&h) {
		h.delay = 0
	}
	h.answer = f.Abort.answer(q, &f.dice, &f.buffer)
	if h.answer > 0 && !f.admits(&h) {
		h.answer = 0
	}
	return h
}

// admits takes a place among the active faults, of which a request needs one.
func (f *faults) admits(h *harm) bool {
	if h.active {
		return true
	}
	if f.MaxActiveFaults != nil && f.active >= *f.MaxActiveFaults {
		return false
	}
	f.active++
	h.active = true
	return true
}

// release gives the place back: the delay is over, or the answer is given.
func (f *faults) release(h *harm) {
	if h.active {
		f.active--
		h.active = false
	}
}

// harmed lets the fault filter decide about the call: it may be answered, or
// held back. It returns when the call is let out.
func (c *Call) harmed(now mesh.Time, q Request) mesh.Time {
	h := c.route.faults.judge(q)
	switch {
	case h.delay > 0:
		c.flags |= DelayInjected
		c.company().harm = h
		c.state, c.next = delayed, now.Add(h.delay)
	case h.answer > 0:
		c.inject(now, h)
	}
	return now.Add(h.delay)
}

// delayOver is the end of a delay. An answer may follow.
func (c *Call) delayOver(now mesh.Time) {
	c.letGo()
	if h := c.also.harm; h.answer > 0 {
		c.inject(now, h)
		return
	}
	c.start(now)
}

// letGo gives the place among the active faults back, when a delay ends or is
// cut short.
func (c *Call) letGo() {
	if c.state == delayed {
		c.route.faults.release(&c.also.harm)
		c.state, c.next = busy, mesh.Never
	}
}

// inject answers in place of the upstream.
func (c *Call) inject(now mesh.Time, h harm) {
	c.flags |= FaultInjected
	c.injected = h.answer
	c.route.faults.release(&h)
	o := mesh.FaultInjected
	if h.answer < 400 || h.answer == injectedGRPC {
		o = mesh.OK
	}
	c.answer(now, o, 0)
}

// injected is what the fault filter answers with: a status of HTTP, or one of
// gRPC above them; 0: it does not answer.
type injected uint16

const injectedGRPC injected = 1000

// Injected is what the fault filter answers the call with, until that begins
// anew: a status of HTTP, 0 when it does not, and with 200 perhaps one of gRPC.
func (c *Call) Injected() (status int, code mesh.GRPCStatus) {
	if c.injected >= injectedGRPC {
		return 200, mesh.GRPCStatus(c.injected - injectedGRPC)
	}
	return int(c.injected), 0
}

// length is for how long a request is to be delayed; 0 is not at all.
func (d *FaultDelay) length(q Request, dice *chance.Stream, buffer *[]byte) time.Duration {
	if d == nil || !d.strikes(q, delayPercentageHeader, d.HeaderDelay, dice, buffer) {
		return 0
	}
	if !d.HeaderDelay {
		return d.FixedDelay.Std()
	}
	ms, ok := headerNumber(q, delayHeader, buffer)
	if !ok || ms < 0 || ms > int64(longestDelay/time.Millisecond) {
		return 0
	}
	return time.Duration(ms) * time.Millisecond
}

// longestDelay bounds what a header can ask for: a day.
const longestDelay = 24 * time.Hour

// answer is what a request is to be answered with; 0 is nothing.
func (a *FaultAbort) answer(q Request, dice *chance.Stream, buffer *[]byte) injected {
	switch {
	case a == nil || !a.strikes(q, abortPercentageHeader, a.HeaderAbort, dice, buffer):
		return 0
	case a.HTTPStatus > 0:
		return injected(a.HTTPStatus)
	case a.GRPCStatus != nil:
		return injectedGRPC + injected(*a.GRPCStatus)
	}
	if n, ok := headerNumber(q, abortHeader, buffer); ok && 200 <= n && n < 600 {
		return injected(n)
	}
	if n, ok := headerNumber(q, abortGRPCHeader, buffer); ok && 0 <= n && n <= 255 {
		return injectedGRPC + injected(n)
	}
	return 0
}

// strikes throws the dice. Where the request may say more, it may lower the
// share (fault_config.cc, HeaderPercentageProvider).
func (s *FaultShare) strikes(q Request, header string, mayLower bool, dice *chance.Stream, buffer *[]byte) bool {
	share := float64(s.Percentage)
	if mayLower {
		if n, ok := headerNumber(q, header, buffer); ok && n >= 0 {
			share = min(share, float64(n)/s.parts())
		}
	}
	return dice.Float64() < share
}

func (s *FaultShare) parts() float64 {
	switch s.Denominator {
	case "ten_thousand":
		return 10_000
	case "million":
		return million
	}
	return 100
}

// headerNumber reads the first value of a header, which nobody vouches for.
func headerNumber(q Request, name string, buffer *[]byte) (n int64, ok bool) {
	if q == nil {
		return 0, false
	}
	if *buffer, ok = q.AppendHeader((*buffer)[:0], name, 0); !ok {
		return 0, false
	}
	return wholeNumber(*buffer)
}
