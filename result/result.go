package result

import "encoding/json"

// Result is one run as the world sees it: the object behind --json. Numbers are
// plain, in the unit that their key names. Two runs of one scenario, seed and
// version differ only under Host.
type Result struct {
	Meshdyno     string              `json:"meshdyno"`
	Scenario     string              `json:"scenario"`
	About        string              `json:"about,omitempty"`
	Mode         string              `json:"mode"`
	Seed         uint64              `json:"seed"`
	Replications int                 `json:"replications"`
	Interrupted  string              `json:"interrupted,omitempty"` // "7 of 30 replications", when cut short
	WarmupS      float64             `json:"warmup_s"`
	WarmupNote   string              `json:"warmup_note,omitempty"` // how `auto` found it
	MeasuredS    float64             `json:"measured_s"`
	Events       uint64              `json:"events"`
	Fingerprint  string              `json:"fingerprint"` // 16 hex digits over (time, sequence, kind, entity) of every event
	Traffic      map[string]*Traffic `json:"traffic"`
	Services     map[string]*Service `json:"services"`
	Edges        []*Edge             `json:"edges"`
	Timeline     Timeline            `json:"timeline"`
	Faults       []Fault             `json:"faults"`
	Expect       []Verdict           `json:"expect"`
	Warnings     []string            `json:"warnings"`
	Host         Host                `json:"host"`
}

// Traffic is one class of requests from outside. Succeeded + Failed + the
// outcome "unfinished" = Requests.
type Traffic struct {
	Requests    uint64            `json:"requests"`
	Succeeded   uint64            `json:"succeeded"`
	Failed      uint64            `json:"failed"`
	SuccessRate float64           `json:"success_rate"`
	OfferedRPS  float64           `json:"offered_rps"`
	GoodputRPS  float64           `json:"goodput_rps"`
	Outcomes    map[string]uint64 `json:"outcomes"`
	Latency     *Latency          `json:"latency_ms,omitempty"` // of the requests that succeeded, from their intended arrival; absent where none did
	FailedMS    *Latency          `json:"failed_latency_ms,omitempty"`
	NoSteady    bool              `json:"no_steady_state,omitempty"` // the queue grew to the end: the latencies are of this window only and no mean is given

	LatencyCI95     *LatencyCI  `json:"latency_ms_ci95,omitempty"`
	SuccessRateCI95 *[2]float64 `json:"success_rate_ci95,omitempty"`
	GoodputCI95     *[2]float64 `json:"goodput_rps_ci95,omitempty"`
}

// Latency is a distribution in milliseconds, read from merged histograms.
type Latency struct {
	Mean   float64 `json:"mean"`
	Stddev float64 `json:"stddev"`
	Min    float64 `json:"min"`
	P50    float64 `json:"p50"`
	P90    float64 `json:"p90"`
	P95    float64 `json:"p95"`
	P99    float64 `json:"p99"`
	P999   float64 `json:"p99.9"`
	P9999  float64 `json:"-"` // for expectations
	Max    float64 `json:"max"`

	unsteady bool // no mean may be quoted
}

// Unsteady strikes the mean and the deviation out of a distribution that was
// still growing: the JSON does not have them. It takes a nil Latency.
func (l *Latency) Unsteady(yes bool) {
	if l != nil && yes {
		l.Mean, l.Stddev, l.unsteady = 0, 0, true
	}
}

// Grew says that the mean was struck out. It takes a nil Latency.
func (l *Latency) Grew() bool { return l != nil && l.unsteady }

// MarshalJSON leaves out what may not be quoted.
func (l *Latency) MarshalJSON() ([]byte, error) {
	type plain Latency
	if !l.unsteady {
		return json.Marshal((*plain)(l))
	}
	return json.Marshal(struct {
		*plain
		Mean   *float64 `json:"mean,omitempty"`
		Stddev *float64 `json:"stddev,omitempty"`
	}{plain: (*plain)(l)})
}

// LatencyCI holds [low, high] at 95 %; a field is absent where the runs cannot
// tell (too few samples for the quantile), and CannotTell then says why.
type LatencyCI struct {
	Mean       *[2]float64 `json:"mean,omitempty"`
	P50        *[2]float64 `json:"p50,omitempty"`
	P90        *[2]float64 `json:"p90,omitempty"`
	P95        *[2]float64 `json:"p95,omitempty"`
	P99        *[2]float64 `json:"p99,omitempty"`
	P999       *[2]float64 `json:"p99.9,omitempty"`
	CannotTell []string    `json:"cannot_tell,omitempty"`
}

// Service is one service over all its replicas.
type Service struct {
	Requests         uint64            `json:"requests"`
	Succeeded        uint64            `json:"succeeded"`
	Outcomes         map[string]uint64 `json:"outcomes"`
	Replicas         int               `json:"replicas"`
	Utilization      float64           `json:"utilization"`                 // busy worker time over worker time; busy core time where cpu is set
	ProxyUtilization float64           `json:"proxy_utilization,omitempty"` // of the worker threads of its sidecars
	QueueMean        float64           `json:"queue_mean"`                  // time average, all replicas together
	QueueMax         int               `json:"queue_max"`                   // of one replica
	InSystemMean     float64           `json:"in_system_mean"`
	NoSteady         bool              `json:"no_steady_state,omitempty"`
	Latency          *Latency          `json:"latency_ms,omitempty"` // from reaching the replica to its answer, all outcomes
}

// Edge is the calls of one service (or traffic class) to another.
type Edge struct {
	From      string            `json:"from"`
	To        string            `json:"to"`
	Requests  uint64            `json:"requests"`
	Succeeded uint64            `json:"succeeded"`
	Attempts  uint64            `json:"attempts"`
	Retries   uint64            `json:"retries"`
	Ejections uint64            `json:"ejections"`
	Overflows uint64            `json:"overflows"`
	Probes    uint64            `json:"probes,omitempty"`    // health checks sent
	Unhealthy uint64            `json:"unhealthy,omitempty"` // hosts that health checks took out
	Picks     map[string]uint64 `json:"picks"`               // attempts by replica
	Flags     map[string]uint64 `json:"flags,omitempty"`     // calls whose answer has each of Envoy's response flags
	Copies    bool              `json:"copies,omitempty"`    // of other calls, for a mirror; nobody waits for the answers
	Latency   *Latency          `json:"latency_ms,omitempty"`
	Cost      Cost              `json:"cost_ms"`
}

// Cost is the mean latency of an edge, cut into where the time went; the parts
// sum to the mean.
type Cost struct {
	App        float64 `json:"app"`        // the callee's own work and waits
	Downstream float64 `json:"downstream"` // the callee's own calls
	Queue      float64 `json:"queue"`      // waiting for a place at the callee
	Proxy      float64 `json:"proxy"`      // both proxies, request and response, waiting included
	Network    float64 `json:"network"`
	TLS        float64 `json:"tls"`
	Retry      float64 `json:"retry"` // attempts that came to nothing, and the pauses between
}

// Timeline holds equally spaced series; names as traffic.shoppers.goodput_rps.
type Timeline struct {
	IntervalS float64              `json:"interval_s"`
	Series    map[string][]float64 `json:"series"`
}

// Fault is something that was made to go wrong.
type Fault struct {
	AtS    float64 `json:"at_s"`
	UntilS float64 `json:"until_s"`
	Kind   string  `json:"kind"`
	Target string  `json:"target"`
}

// Verdict is one expectation and what was seen.
type Verdict struct {
	Check    string `json:"check"`
	Observed string `json:"observed"`
	Pass     bool   `json:"pass"`
	Note     string `json:"note,omitempty"` // "cannot tell: ..." with the n needed
}

// Host is the only part that may differ between two runs of the same thing.
type Host struct {
	WallS float64 `json:"wall_s"`
	Go    string  `json:"go"`
	CPUs  int     `json:"cpus"`
}
