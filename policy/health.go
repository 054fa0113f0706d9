package policy

import (
	"time"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
)

// Health asks the hosts of one upstream how they are, and counts what they
// answer: Envoy's active health checking (health_checker_base_impl.cc). It sends
// nothing: Next says which host is to be asked, Probed tells what came of it, and
// Wake that time has passed, for the next question or for an answer that did not
// come. The kinds differ in how they read an answer and how long they pause.
//
// A host that was there from the beginning is used before its first check. Envoy
// takes no requests until that is over (ClusterImplBase::onInitDone); a caller
// here does not wait for it.
type Health struct {
	s      HealthCheck
	rules  HealthRules
	hosts  []Host
	checks []check
	passed []mesh.Time // when a host last passed a check while it was out
	due    alarms
	asked  []int32 // hosts whose probe is to be sent, from next on
	next   int
	dice   chance.Stream
	owner  healthOwner
	counts HealthCounts
	unseen int // hosts of the beginning that nothing came back from yet
	began  bool
}

// check is what is known of one host.
type check struct {
	number    uint32 // of the probe under way, or the last
	good, bad int32  // in a row, towards the thresholds
	failed    bool   // it is out, or nothing is known of it yet
	first     bool   // nothing came of any probe yet
	original  bool   // and it was there from the beginning
	underWay  bool
	listed    bool // among those asked
	fresh     bool // the next probe needs a new connection
}

// healthOwner is told what the checks find.
type healthOwner interface {
	// checked tells of the result of a check, and what it changed.
	checked(now mesh.Time, host int, passed bool, c healthChange)
	// trafficked says whether the upstream was ever connected to.
	trafficked() bool
}

// healthChange is what a check has changed for a host: nothing, something if it
// goes on so, or now.
type healthChange uint8

const (
	unchanged healthChange = iota
	pendingChange
	changed
)

// HealthCounts are the statistics of an upstream's checks: probes, what came of
// them, and how many times a host went out and came in.
type HealthCounts struct {
	Attempts, Successes, Failures, NetworkFailures, PassiveFailures uint64
	Unhealthy, Healthy                                              uint64
}

// Probe is a question for a host. It may be answered until Deadline.
type Probe struct {
	Host     int32
	Number   uint32 // 1, 2, ... for each host
	Fresh    bool   // over a connection that has to be opened first
	Deadline mesh.Time
}

func newHealth(s HealthCheck, hosts []Host, dice chance.Stream, owner healthOwner) *Health {
	h := &Health{s: s, rules: s.Rules(), hosts: hosts, checks: make([]check, len(hosts)), passed: make([]mesh.Time, len(hosts)),
		due: newAlarms(len(hosts)), asked: make([]int32, 0, len(hosts)), dice: dice, owner: owner}
	for i := range h.checks {
		h.checks[i] = check{failed: true, first: true, original: true, fresh: true}
	}
	h.unseen = len(hosts)
	return h
}

// Start begins to check the hosts, unless that has begun.
func (h *Health) Start(now mesh.Time) {
	if h.began {
		return
	}
	h.began = true
	for i := range h.hosts {
		if h.hosts[i].Health&gone == 0 {
			h.begin(now, i)
		}
	}
}

// begin asks a host for the first time, at once or after some jitter.
func (h *Health) begin(now mesh.Time, host int) {
	if jitter := h.rules.InitialJitter; jitter >= time.Millisecond {
		h.due.set(host, now.Add(max(jitterOf(&h.dice, jitter), time.Millisecond)))
		return
	}
	h.ask(now, host)
}

// join begins to check a host that was not there before, or not always. It is
// out until its first check, unless the kind trusts it.
func (h *Health) join(now mesh.Time, host int, excluded bool) {
	c := &h.checks[host]
	*c = check{number: c.number, listed: c.listed, failed: true, first: true, fresh: true}
	if !h.rules.Trusts {
		h.hosts[host].Health |= failedCheck
		if excluded {
			h.hosts[host].Health |= pendingCheck
		}
	}
	h.passed[host] = now
	if h.began {
		h.begin(now, host)
	}
}

// leave ends the checks of a host.
func (h *Health) leave(host int) {
	h.checks[host].underWay = false
	h.see(host)
	h.due.set(host, mesh.Never)
}

// see ends the time in which nothing came back from a host.
func (h *Health) see(host int) {
	c := &h.checks[host]
	if c.original {
		h.unseen--
	}
	c.first, c.original = false, false
}

// lost tells that the connections to a host are gone, that of its probes among
// them.
func (h *Health) lost(host int) { h.checks[host].fresh = true }

// WakeAt is when a host is to be asked, or an answer is too late.
func (h *Health) WakeAt() mesh.Time { return h.due.first() }

// Wake tells that time has come as far as now.
func (h *Health) Wake(now mesh.Time) {
	for h.due.first() <= now {
		host := h.due.host()
		if c := &h.checks[host]; c.underWay {
			c.underWay, c.fresh = false, c.fresh || !h.rules.StreamsEndAlone
			h.fail(now, host, timedOut)
		} else {
			h.ask(now, host)
		}
	}
}

// ask puts a host on the list and gives it time to answer.
func (h *Health) ask(now mesh.Time, host int) {
	c := &h.checks[host]
	c.number++
	c.underWay = true
	h.counts.Attempts++
	h.due.set(host, now.Add(h.rules.Timeout))
	if !c.listed {
		c.listed = true
		h.asked = append(h.asked, int32(host))
	}
}

// Next takes the next probe off the list.
func (h *Health) Next() (p Probe, ok bool) {
	for h.next < len(h.asked) {
		host := h.asked[h.next]
		h.next++
		c := &h.checks[host]
		if c.listed = false; c.underWay {
			return Probe{Host: host, Number: c.number, Fresh: c.fresh, Deadline: h.due.of(int(host))}, true
		}
	}
	h.asked, h.next = h.asked[:0], 0
	return Probe{}, false
}

func (h *Health) awaits(p Probe) bool {
	c := &h.checks[p.Host]
	return c.underWay && c.number == p.Number
}

// Probed tells what came of a probe. One that comes too late says nothing.
func (h *Health) Probed(now mesh.Time, p Probe, r ProbeReply) {
	host := int(p.Host)
	c := &h.checks[host]
	if !h.awaits(p) {
		return
	}
	c.underWay = false
	c.fresh = !h.rules.Reuse || r.Closed || broken(r.Outcome)
	switch v := h.s.Judge(r); v {
	case Passed, Limps:
		h.succeed(now, host, v == Limps)
	default:
		if r.Immediate && v != NoAnswer {
			h.hosts[host].Health |= immediateFail
		}
		h.fail(now, host, v)
	}
}
