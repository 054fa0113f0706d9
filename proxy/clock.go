package proxy

import (
	"time"

	"github.com/meshdyno/meshdyno/mesh"
)

// clock is real time as the policy counts it: from when the proxy was made.
type clock struct{ start time.Time }

func (c clock) now() mesh.Time { return mesh.Time(time.Since(c.start)) }

// alarm wakes one call.
type alarm struct{ *time.Timer }

// newAlarm makes one that is not set.
func newAlarm() alarm {
	a := alarm{time.NewTimer(time.Hour)}
	a.Stop()
	return a
}

// set lets the alarm ring at a moment, and not at the one that it was set to.
func (a alarm) set(now, at mesh.Time) {
	if at == mesh.Never {
		a.Stop()
		return
	}
	a.Reset(max(0, at.Sub(now)))
}
