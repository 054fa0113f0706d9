package policy

import (
	"time"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/unit"
)

// HAProxyHealthCheck is HAProxy's check of a server (check.c, configuration.txt):
// a server is up until its first check has failed; after that fall failures in a
// row put it out and rise passes bring it back. When all are out the answer is
// 503: there is no panic.
type HAProxyHealthCheck struct {
	HTTPChk      bool           `yaml:"httpchk" doc:"ask over HTTP, where 2xx and 3xx pass; only connect when false"`
	Inter        unit.Duration  `yaml:"inter" min:"1ms" doc:"from the end of a check to the next"`
	FastInter    *unit.Duration `yaml:"fastinter" min:"1ms" doc:"the same while the state is about to change; inter when left out"`
	DownInter    *unit.Duration `yaml:"downinter" min:"1ms" doc:"the same while the server is down and its last check failed; inter when left out"`
	Rise         int            `yaml:"rise" min:"1" doc:"passed checks in a row that bring a server back"`
	Fall         int            `yaml:"fall" min:"1" doc:"failed checks in a row that put it out"`
	TimeoutCheck *unit.Duration `yaml:"timeout_check" min:"1ms" doc:"how long an answer is waited for; inter when left out"`
	SpreadChecks unit.Ratio     `yaml:"spread_checks" max:"0.5" doc:"each interval is longer or shorter by up to this share of it"`
}

func defaultHAProxyHealthCheck() *HAProxyHealthCheck {
	return &HAProxyHealthCheck{Inter: 2 * unit.Second, Rise: 2, Fall: 3}
}

// Rules are the thresholds.
func (h *HAProxyHealthCheck) Rules() HealthRules {
	r := HealthRules{Protocol: TCPProbe, Path: "/", Timeout: or(h.TimeoutCheck, h.Inter).Std(), Rise: h.Rise, Fall: h.Fall, Trusts: true, Opens: &FailOpen{}}
	if h.HTTPChk {
		r.Protocol = HTTPProbe
	}
	return r
}

// Judge takes every failure alike.
func (h *HAProxyHealthCheck) Judge(r ProbeReply) HealthVerdict {
	status := r.status()
	switch {
	case broken(r.Outcome):
		return NoAnswer
	case !h.HTTPChk || 200 <= status && status < 400:
		return Passed
	}
	return Failed
}

// Pause is srv_getinter, and the spread of process_chk_conn.
func (h *HAProxyHealthCheck) Pause(s HealthState, dice *chance.Stream) time.Duration {
	inter := h.Inter
	switch {
	case s.Out && s.Good == 0:
		inter = or(h.DownInter, inter)
	case s.Out || s.Bad > 0:
		inter = or(h.FastInter, inter)
	}
	if h.SpreadChecks == 0 {
		return inter.Std()
	}
	most := float64(float64(inter) * float64(h.SpreadChecks))
	return (inter + unit.Duration(most) - unit.Duration(float64(2*most)*dice.Float64())).Std()
}
