package policy

import (
	"time"

	"github.com/meshdyno/meshdyno/mesh"
)

// mergeWindow gathers updates of hosts that come one soon after the other
// (update_merge_window; ClusterManagerImpl::scheduleUpdate): the first takes
// effect at once, those within a window of the last take effect together, a
// window after the first of them. Hosts that join or leave take effect at once,
// and with them what has been gathered. Envoy has one window for each priority;
// here there is one for all.
type mergeWindow struct {
	span time.Duration
	last mesh.Time // that something took effect
	due  mesh.Time // when what was gathered does; Never: nothing was
	had  bool      // something took effect before
}

// defaultMergeWindow is Envoy's.
const defaultMergeWindow = time.Second

func newMergeWindow(p *Plan) mergeWindow {
	m := mergeWindow{due: mesh.Never}
	switch {
	case p.CommonLB != nil && p.CommonLB.UpdateMergeWindow != nil:
		m.span = p.CommonLB.UpdateMergeWindow.Std()
	case p.HealthCheck != nil && p.HealthCheck.Rules().Envoys:
		m.span = defaultMergeWindow
	}
	return m
}

// update tells that the state of hosts has changed.
func (u *Upstream) update(now mesh.Time) {
	switch m := &u.merge; {
	case u.health != nil && u.health.unseen > 0: // Envoy has not begun yet
		u.choose()
	case m.span == 0 || !m.had || now.Sub(m.last) > m.span:
		u.deliver(now)
	case m.due == mesh.Never:
		m.due = now.Add(m.span)
		u.breakers.changesAt = min(u.breakers.changesAt, m.due)
	}
}

// deliver lets all changes take effect.
func (u *Upstream) deliver(now mesh.Time) {
	u.merge.last, u.merge.had, u.merge.due = now, true, mesh.Never
	u.choose()
}

// ripe says whether the time of what was gathered has come.
func (m *mergeWindow) ripe(now mesh.Time) bool { return m.due <= now }
