package policy

import (
	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/internal/menu"
	"github.com/meshdyno/meshdyno/mesh"
)

// Detector takes the hosts of one upstream out that fail, and lets them in
// again. It marks those that are out in Host.Ejected.
type Detector interface {
	// Start tells that the upstream is in use. More than once is as good as once.
	Start(now mesh.Time)
	// Sent tells that an attempt goes out to a host.
	Sent(now mesh.Time, host int)
	// Connected tells that an attempt has its connection.
	Connected(now mesh.Time, host int)
	// Result tells how an attempt at a host ended.
	Result(now mesh.Time, host int, r Reply)
	// Checked tells that an active health check of a host has passed, or not.
	Checked(now mesh.Time, host int, passed bool)
	// Left tells that a host is no member any more, Joined that it is one again, of
	// which nothing is known.
	Left(host int)
	Joined(now mesh.Time, host int)
	// WakeAt is when it wants to be woken.
	WakeAt() mesh.Time
	// Wake tells that time has come as far as now.
	Wake(now mesh.Time)
	// Changed says whether hosts went out or came in since it was last asked.
	Changed() bool
	// Out is how many hosts are out.
	Out() int
	// Ejections is how many there have been.
	Ejections() uint64
}

// OutlierSettings are the knobs of one kind of outlier detection.
type OutlierSettings interface {
	// New makes the detector of an upstream's hosts.
	New(dialect string, hosts []Host, dice *chance.Stream) Detector
}

// Outliers is the menu of outlier detections.
var Outliers = menu.Of("outlier detection",
	menu.Row[OutlierSettings]{Name: "envoy", About: "errors in a row, success rates, failure percentages; sweeps let hosts in (Envoy, Istio; by dialect gRPC)", New: func() OutlierSettings { return defaultOutlierDetection() }},
	menu.Row[OutlierSettings]{Name: "nginx", About: "failures in one stretch of time; then one request tries the host each fail_timeout (NGINX max_fails)", New: func() OutlierSettings { return defaultNginxOutlier() }},
	menu.Row[OutlierSettings]{Name: "haproxy", About: "errors in a row count as failed health checks (HAProxy observe)", New: func() OutlierSettings { return defaultHAProxyOutlier() }},
	menu.Row[OutlierSettings]{Name: "consul", About: "Consul's PassiveHealthCheck, which is handed to Envoy", New: func() OutlierSettings { return &ConsulOutlier{} }},
	menu.Row[OutlierSettings]{Name: "app_mesh", About: "AWS App Mesh's outlierDetection, which is handed to Envoy", New: func() OutlierSettings { return &AppMeshOutlier{} }},
)

// EjectsNone says whether so many hosts are too few for any to be taken out ever.
func EjectsNone(s OutlierSettings, dialect string, hosts int) bool {
	o, ok := s.New(dialect, make([]Host, min(hosts, 100_000)), nil).(*Outlier)
	return ok && !o.is.allows(o)
}

// OutlierChoice is one row of the menu Outliers and its settings. Without a kind
// it is Envoy's: `outlier_detection: {consecutive_5xx: 3}`.
type OutlierChoice struct {
	Kind     string
	Settings OutlierSettings
}

// KindKey names the key that chooses the row.
func (*OutlierChoice) KindKey() string { return "kind" }

// UsualKind is the row without it.
func (*OutlierChoice) UsualKind() string { return "envoy" }

// Kinds is the menu to choose from.
func (*OutlierChoice) Kinds() menu.Any { return Outliers }

// SetKind takes the chosen row.
func (o *OutlierChoice) SetKind(name string, settings any) {
	o.Kind, o.Settings = name, settings.(OutlierSettings)
}

// ejections keeps the books of a detector.
type ejections struct {
	hosts   []Host
	out     int
	sum     uint64
	changed bool
}

// eject takes a host out.
func (e *ejections) eject(host int) {
	if !e.hosts[host].Ejected {
		e.hide(host)
		e.sum++
	}
}

// hide takes a host out that was let in to be tried.
func (e *ejections) hide(host int) {
	if !e.hosts[host].Ejected {
		e.hosts[host].Ejected, e.changed = true, true
		e.out++
	}
}

// admit lets a host in.
func (e *ejections) admit(host int) {
	if e.hosts[host].Ejected {
		e.hosts[host].Ejected, e.changed = false, true
		e.out--
	}
}

// leave takes a host off the books.
func (e *ejections) leave(host int) {
	if e.hosts[host].Ejected {
		e.hosts[host].Ejected = false
		e.out--
	}
}

// Changed says whether hosts went out or came in since it was last asked.
func (e *ejections) Changed() bool {
	was := e.changed
	e.changed = false
	return was
}

// Out is how many hosts are out.
func (e *ejections) Out() int { return e.out }

// Ejections is how many there have been.
func (e *ejections) Ejections() uint64 { return e.sum }
