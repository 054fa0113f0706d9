package policy

import (
	"time"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/unit"
)

// HAProxyOutlier is HAProxy's `observe`: error_limit errors in a row among the
// requests count as on_error says, by default as one failed health check
// (check.c, __health_adjust). A server's health goes from 0 to rise + fall - 1;
// it is down when it falls below rise, which makes it 0, and up again once rise
// checks in a row have passed. A check that passes forgets the errors.
//
// HAProxy observes only servers that it checks. Where nothing here is checked,
// checks are taken to pass, each at its time: what comes back into the rotation
// is then tried by requests. The first real check ends that.
type HAProxyOutlier struct {
	Observe    string        `yaml:"observe" enum:"layer4,layer7" doc:"layer4: connections; layer7: answers too, of which 100-499, 501 and 505 are good"`
	ErrorLimit int           `yaml:"error_limit" min:"1" doc:"errors in a row after which on_error is done"`
	OnError    string        `yaml:"on_error" enum:"fastinter,fail-check,sudden-death,mark-down" doc:"check sooner; count it as a failed check; as one that leaves one more; take the host out"`
	Inter      unit.Duration `yaml:"inter" min:"1ms" doc:"time between two health checks"`
	FastInter  unit.Duration `yaml:"fastinter" doc:"the same while a host is neither well nor down, and after errors; that of inter when left out"`
	DownInter  unit.Duration `yaml:"downinter" doc:"the same while it is down; that of inter when left out"`
	Rise       int           `yaml:"rise" min:"1" doc:"passed checks that take a host in"`
	Fall       int           `yaml:"fall" min:"1" doc:"failed checks that take it out"`
}

func defaultHAProxyOutlier() *HAProxyOutlier {
	return &HAProxyOutlier{Observe: "layer7", ErrorLimit: 10, OnError: "fail-check", Inter: 2 * unit.Second, Rise: 2, Fall: 3}
}

// well is the health of a host that nothing is wrong with.
func (h *HAProxyOutlier) well() int { return h.Rise + h.Fall - 1 }

// New makes the detector of an upstream's hosts.
func (h *HAProxyOutlier) New(_ string, hosts []Host, _ *chance.Stream) Detector {
	return &haproxyOutlier{settings: h, ejections: ejections{hosts: hosts}, servers: make([]haproxyServer, len(hosts)), wake: mesh.Never}
}

type haproxyOutlier struct {
	ejections
	settings *HAProxyOutlier
	servers  []haproxyServer
	started  bool
	checked  bool // checks are real
	wake     mesh.Time
}

// haproxyServer is what is known of one host.
type haproxyServer struct {
	health int
	errors int       // in a row
	next   mesh.Time // when it is checked
	fast   bool      // the pause after that is fastinter
}

// Start makes all hosts fit, though the first failure takes them out: each has
// its first check in a part of inter of its own (start_check_task).
func (h *haproxyOutlier) Start(now mesh.Time) {
	if h.started {
		return
	}
	h.started = true
	for i := range h.servers {
		apart := h.settings.Inter.Std() * time.Duration(i) / time.Duration(len(h.servers))
		h.servers[i] = haproxyServer{health: h.settings.Rise, next: now.Add(apart)}
	}
}

// Left forgets a server.
func (h *haproxyOutlier) Left(host int) { h.leave(host) }

// Joined makes a host fit, with its first check at once.
func (h *haproxyOutlier) Joined(now mesh.Time, host int) {
	h.servers[host] = haproxyServer{health: h.settings.Rise, next: now}
}

// Sent tells it nothing.
func (*haproxyOutlier) Sent(mesh.Time, int) {}

// Connected is what layer4 calls good.
func (h *haproxyOutlier) Connected(now mesh.Time, host int) {
	if h.settings.Observe == "layer4" {
		h.observe(now, host, true)
	}
}

// Result is an answer, or none.
func (h *haproxyOutlier) Result(now mesh.Time, host int, r Reply) {
	switch s := r.status(); {
	case r.Outcome == mesh.Unfinished:
	case r.Outcome == mesh.ConnectFailure:
		h.observe(now, host, false)
	case h.settings.Observe == "layer7":
		h.observe(now, host, s >= 100 && s < 500 || s == 501 || s == 505)
	}
}

func (h *haproxyOutlier) observe(now mesh.Time, host int, good bool) {
	h.catchUp(now, host)
	s := &h.servers[host]
	if s.errors++; good {
		s.errors = 0
	}
	if s.errors < h.settings.ErrorLimit {
		return
	}
	s.errors, s.fast = 0, true
	h.punish(host)
	if h.settings.FastInter > 0 {
		if soon := now.Add(h.pause(s)); soon < s.next {
			s.next, s.fast = soon, false
		}
	}
	h.arm(host)
}

// punish does what on_error says.
func (h *haproxyOutlier) punish(host int) {
	s, rise := &h.servers[host], h.settings.Rise
	switch h.settings.OnError {
	case "fastinter":
		return
	case "sudden-death":
		if s.health > rise {
			s.health = rise + 1
		}
	case "mark-down":
		s.health = rise
	}
	h.fail(host)
}

// fail is a check that failed.
func (h *haproxyOutlier) fail(host int) {
	s := &h.servers[host]
	if s.health = max(s.health-1, 0); s.health < h.settings.Rise {
		s.health = 0
		h.eject(host)
	}
}

// pass is a check that passed.
func (h *haproxyOutlier) pass(host int) {
	s := &h.servers[host]
	s.errors = 0
	if s.health = min(s.health+1, h.settings.well()); s.health >= h.settings.Rise {
		s.health = h.settings.well()
		h.admit(host)
	}
}

// Checked is a real check.
func (h *haproxyOutlier) Checked(_ mesh.Time, host int, passed bool) {
	h.checked, h.wake = true, mesh.Never
	if passed {
		h.pass(host)
	} else {
		h.fail(host)
	}
}

// catchUp lets the checks pass that were due by now. One that finds a host well
// changes nothing but the count of errors, so those are taken in one step.
func (h *haproxyOutlier) catchUp(now mesh.Time, host int) {
	s := &h.servers[host]
	for !h.checked && s.next <= now {
		h.pass(host)
		pause := h.pause(s)
		s.next, s.fast = s.next.Add(pause), false
		if inter := h.settings.Inter.Std(); s.next <= now && s.health == h.settings.well() {
			s.next = s.next.Add(now.Sub(s.next)/inter*inter + inter)
		}
	}
}

// pause is how long after a check the next one comes (srv_getinter).
func (h *haproxyOutlier) pause(s *haproxyServer) time.Duration {
	switch {
	case s.health == h.settings.well() && !s.fast:
		return h.settings.Inter.Std()
	case s.health == 0:
		return orElse(h.settings.DownInter, h.settings.Inter).Std()
	}
	return orElse(h.settings.FastInter, h.settings.Inter).Std()
}

func orElse(d, other unit.Duration) unit.Duration {
	if d > 0 {
		return d
	}
	return other
}

// arm asks to be woken for the next check of a host that is out.
func (h *haproxyOutlier) arm(host int) {
	if h.hosts[host].Ejected && !h.checked {
		h.wake = min(h.wake, h.servers[host].next)
	}
}

// WakeAt is when a host that is out is next checked.
func (h *haproxyOutlier) WakeAt() mesh.Time { return h.wake }

// Wake checks the hosts that are out.
func (h *haproxyOutlier) Wake(now mesh.Time) {
	if now < h.wake {
		return
	}
	h.wake = mesh.Never
	for i := range h.servers {
		if h.hosts[i].Ejected {
			h.catchUp(now, i)
			h.arm(i)
		}
	}
}
