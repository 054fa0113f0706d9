package tcp

import (
	"time"

	"github.com/meshdyno/meshdyno/mesh"
)

// keeper asks a silent peer whether it is there (RFC 1122 4.2.3.6).
type keeper struct {
	heard mesh.Time // when something last came
	asked int       // questions since
}

func (k *keeper) hear(now mesh.Time) { *k = keeper{heard: now} }

// keepAt is when to ask, or to give up.
func (e *Endpoint) keepAt() mesh.Time {
	if !e.state.synchronized() || e.state == TimeWait || e.una != e.nxt {
		return mesh.Never
	}
	s := e.settings
	return e.keeper.heard.Add(s.KeepaliveTime.Std() + time.Duration(e.keeper.asked)*s.KeepaliveInterval.Std())
}

func (e *Endpoint) keep(now mesh.Time) {
	if e.keeper.asked >= e.settings.KeepaliveProbes {
		e.Abort(now)
		e.end = GoneDead
		return
	}
	e.keeper.asked++
	e.Counts.Probes++
	e.asking = true
}
