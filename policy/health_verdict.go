package policy

import (
	"time"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
)

// HealthVerdict is what one check says of a host.
type HealthVerdict uint8

// The verdicts.
const (
	Passed    HealthVerdict = iota
	Limps                   // passed, but the host says that it is degraded
	NoAnswer                // no connection, or it broke: counts towards the threshold
	Failed                  // a bad answer that counts towards the threshold
	Condemned               // a bad answer that takes the host out at once
	timedOut                // counts as NoAnswer does
	condemnedByAnswer
)

// counts says whether it takes several of them to put a host out.
func (v HealthVerdict) counts() bool { return v == NoAnswer || v == Failed || v == timedOut }

// succeed is ActiveHealthCheckSession::handleSuccess. The first check decides at
// once; after that a host that is out needs healthy_threshold in a row.
func (h *Health) succeed(now mesh.Time, host int, limps bool) {
	c, flags := &h.checks[host], &h.hosts[host].Health
	c.bad = 0
	change := unchanged
	if c.failed {
		change = pendingChange
		if c.good++; c.first || c.good == int32(h.rules.Rise) {
			c.failed, change = false, changed
			h.counts.Healthy += ofBool(*flags&failedCheck != 0)
			*flags &^= failedCheck | immediateFail | lateCheck
		}
		h.passed[host] = now
	}
	change = h.settle(host, change)
	if limps != (*flags&degradedCheck != 0) {
		*flags ^= degradedCheck
		if change == unchanged {
			change = changed
		}
	}
	h.counts.Successes++
	h.see(host)
	h.owner.checked(now, host, true, change)
	h.pause(now, host, true, change)
}

// fail is handleFailure. Only the pause after it may be gone, when the host is.
func (h *Health) fail(now mesh.Time, host int, v HealthVerdict) {
	h.pause(now, host, false, h.setUnhealthy(now, host, v))
}

// setUnhealthy is ActiveHealthCheckSession::setUnhealthy.
func (h *Health) setUnhealthy(now mesh.Time, host int, v HealthVerdict) healthChange {
	c, flags := &h.checks[host], &h.hosts[host].Health
	c.good = 0
	change := unchanged
	if !c.failed {
		change = pendingChange
		if !v.counts() || h.worse(c) {
			c.failed, change = true, changed
		}
	}
	if c.failed && *flags&failedCheck == 0 {
		*flags |= failedCheck
		h.counts.Unhealthy++
		change = changed
	}
	*flags &^= lateCheck
	if v == timedOut && c.failed {
		*flags |= lateCheck
	}
	change = h.settle(host, change)
	h.count(v)
	h.see(host)
	h.owner.checked(now, host, false, change)
	return change
}

// worse counts a failure and says whether it is the last that was needed. Envoy
// compares for equality: after a host was out for another reason the count goes
// on from where it was.
func (h *Health) worse(c *check) bool {
	c.bad++
	return c.bad == int32(h.rules.Fall)
}

func (h *Health) count(v HealthVerdict) {
	h.counts.Failures++
	switch v {
	case NoAnswer, timedOut:
		h.counts.NetworkFailures++
	case condemnedByAnswer:
		h.counts.PassiveFailures++
	}
}

// settle ends the time in which nothing was known of a host that joined. That is
// a change for who counts the hosts, even if the host stays out (clearPendingFlag).
func (h *Health) settle(host int, change healthChange) healthChange {
	if flags := &h.hosts[host].Health; *flags&pendingCheck != 0 {
		*flags &^= pendingCheck
		return changed
	}
	return change
}

// condemn tells that a host asked, in an answer to a request, not to be asked
// any more: x-envoy-immediate-health-check-fail. Checks go on as they would.
func (h *Health) condemn(now mesh.Time, host int) {
	h.hosts[host].Health |= immediateFail
	h.setUnhealthy(now, host, condemnedByAnswer)
}

// pause sets the time of the next check, unless the host has left meanwhile.
func (h *Health) pause(now mesh.Time, host int, passed bool, change healthChange) {
	if h.hosts[host].Health&gone != 0 {
		return
	}
	c := &h.checks[host]
	wait := h.s.Pause(HealthState{Passed: passed, Pending: change == pendingChange, Out: c.failed, Good: int(c.good), Bad: int(c.bad),
		Idle: !h.owner.trafficked()}, &h.dice)
	h.due.set(host, now.Add(max(wait, time.Millisecond)))
}

// jitterOf draws whole milliseconds below most, and nothing where there are none.
func jitterOf(dice *chance.Stream, most time.Duration) time.Duration {
	if most < time.Millisecond {
		return 0
	}
	return jitterBelow(dice.Uint64(), most)
}

func jitterBelow(random uint64, most time.Duration) time.Duration {
	return time.Duration(random%uint64(most/time.Millisecond)) * time.Millisecond
}

func ofBool(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}
