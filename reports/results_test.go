package reports

import (
	"fmt"
	"math"
	"strings"

	"github.com/meshdyno/meshdyno/result"
)

// The hand-made results that the golden files are of.
var handMade = []struct {
	name string
	make func() *result.Result
}{
	{"faults", withFaults},
	{"huge", hugeMesh},
	{"saturated", saturated},
	{"interrupted", interrupted},
	{"replications", replicated},
	{"hostile", hostile},
	{"bare", func() *result.Result { return &result.Result{Meshdyno: "0.1.0", Scenario: "bare", Seed: 1} }},
	{"silent", silent},
}

func latencyOf(scale float64) *result.Latency {
	return &result.Latency{Mean: 12.13 * scale, Stddev: 9.4 * scale, Min: 2.01 * scale, P50: 10.24 * scale, P90: 22.3 * scale,
		P95: 29.05 * scale, P99: 45.25 * scale, P999: 80.1 * scale, Max: 121.7 * scale}
}

func withFaults() *result.Result {
	r := &result.Result{
		Meshdyno: "0.1.0", Scenario: "retry-storm", Mode: "sim", Seed: 1, Replications: 1,
		About:   "payments slows down for 20 s. Plain retries turn that into an outage\nthat outlives its cause; a retry budget does not.\n\n    shoppers -> web -> payments -> db\n",
		WarmupS: 10, MeasuredS: 120, Events: 5123456, Fingerprint: "91ac3f0012ab34cd",
		Traffic: map[string]*result.Traffic{
			"shoppers": {Requests: 48012, Succeeded: 46993, Failed: 1016, SuccessRate: 46993. / 48012, OfferedRPS: 400.1, GoodputRPS: 391.6,
				Outcomes: map[string]uint64{"ok": 46993, "timeout": 912, "overflow": 104, "unfinished": 3}, Latency: latencyOf(1), FailedMS: latencyOf(60)},
			"back_office": {Requests: 2311, Succeeded: 2311, SuccessRate: 1, OfferedRPS: 19.26, GoodputRPS: 19.26,
				Outcomes: map[string]uint64{"ok": 2311}, Latency: latencyOf(1.07)},
		},
		Services: map[string]*result.Service{
			"web":      {Requests: 50323, Replicas: 3, Utilization: 0.412, QueueMean: 0.012, QueueMax: 3, InSystemMean: 6.1, Latency: latencyOf(0.97)},
			"payments": {Requests: 52110, Replicas: 4, Utilization: 0.934, QueueMean: 4.21, QueueMax: 31, InSystemMean: 63.9, Latency: latencyOf(0.72)},
			"ads":      {Requests: 50323, Replicas: 2, Utilization: 0.0421, InSystemMean: 0.42, Latency: latencyOf(0.09)},
			"db":       {Requests: 52001, Replicas: 1, Utilization: 0.271, QueueMean: 0.0004, QueueMax: 1, InSystemMean: 0.87, Latency: latencyOf(0.17)},
		},
		Edges: []*result.Edge{
			{From: "shoppers", To: "web", Requests: 48012, Attempts: 48012, Latency: latencyOf(1), Cost: result.Cost{App: 3.1, Downstream: 8.2, Queue: 0.02, Proxy: 0.31, Network: 0.5}},
			{From: "back_office", To: "web", Requests: 2311, Attempts: 2311, Latency: latencyOf(1.07), Cost: result.Cost{App: 3.2, Downstream: 8.9, Queue: 0.02, Proxy: 0.31, Network: 0.5}},
			{From: "web", To: "payments", Requests: 50323, Attempts: 52110, Retries: 1787, Overflows: 104, Ejections: 2, Latency: latencyOf(0.7), Cost: result.Cost{App: 3.9, Downstream: 2.2, Queue: 1.3, Proxy: 0.4, Network: 0.5, TLS: 0.1, Retry: 0.8}},
			{From: "web", To: "ads", Requests: 50323, Attempts: 50323, Latency: latencyOf(0.1), Cost: result.Cost{App: 1, Proxy: 0.3, Network: 0.5}},
			{From: "payments", To: "db", Requests: 52001, Attempts: 52001, Latency: latencyOf(0.2), Cost: result.Cost{App: 2, Queue: 0.02, Proxy: 0.2, Network: 0.5}},
		},
		Timeline: result.Timeline{IntervalS: 1, Series: map[string][]float64{}},
		Faults:   []result.Fault{{AtS: 30, UntilS: 50, Kind: "slow", Target: "payments"}, {AtS: 60, UntilS: 65, Kind: "crash", Target: "web-0"}, {AtS: 100, UntilS: 100, Kind: "crash", Target: "db-0"}},
		Expect: []result.Verdict{
			{Check: "success_rate(shoppers) >= 99%", Observed: "97.88%"},
			{Check: "p99(shoppers) < 400ms", Observed: "45.25ms", Pass: true},
			{Check: "recovery(payments) < 30s", Observed: "11s", Pass: true},
			{Check: "p99.99(back_office) < 1s", Observed: "130ms", Note: "cannot tell: p99.99 needs 36888 independent samples, there are 2311"},
		},
		Warnings: []string{"the measured time is less than ten times the warm-up that MSER-5 would cut (14 s): the means may lean towards the empty start"},
		Host:     result.Host{WallS: 0.8, Go: "go1.26.0", CPUs: 2},
	}
	overTime(r, "shoppers", 400, 35)
	overTime(r, "back_office", 19, 37)
	return r
}

// overTime gives a class two minutes with a dip from second 30 to 58.
func overTime(r *result.Result, class string, rate, p99 float64) {
	goodput, tail := make([]float64, 120), make([]float64, 120)
	for i := range goodput {
		wobble := 1 + 0.04*float64(i*37%11-5)/5
		goodput[i], tail[i] = rate*wobble, p99*wobble
		if i >= 30 && i < 58 {
			goodput[i], tail[i] = rate*math.Max(0, 0.1+0.03*float64(i-30)), p99*8
		}
	}
	goodput[33], tail[33] = 0, 0
	r.Timeline.Series[goodputOf(class)], r.Timeline.Series[p99Of(class)] = goodput, tail
}

func hugeMesh() *result.Result {
	r := &result.Result{Meshdyno: "0.1.0", Scenario: "a-thousand-services-with-a-rather-long-name", Mode: "sim", Seed: 42, Replications: 1,
		About:     "One thousand services from an isotope graph, of which every one has a sentence that goes on for longer than a line",
		MeasuredS: 3600, Events: 2134567890, Fingerprint: "00000000deadbeef",
		Traffic: map[string]*result.Traffic{}, Services: map[string]*result.Service{},
		Timeline: result.Timeline{IntervalS: 10, Series: map[string][]float64{}}, Host: result.Host{WallS: 431.2}}
	for i := range 1000 {
		name := fmt.Sprintf("mock-service-in-a-namespace-with-a-long-name-%d", i)
		r.Services[name] = &result.Service{Requests: uint64(i) * 1000, Replicas: 1 + i%7, Utilization: float64(i) / 1013, QueueMean: float64(i) / 10, QueueMax: i * i, InSystemMean: float64(i) * 1.7, Latency: latencyOf(float64(i))}
		r.Edges = append(r.Edges, &result.Edge{From: fmt.Sprintf("mock-service-in-a-namespace-with-a-long-name-%d", i/3), To: name,
			Requests: uint64(i) * 1000, Attempts: uint64(i) * 1000, Latency: latencyOf(float64(i)), Cost: result.Cost{App: float64(i), Downstream: float64(i * 2), Queue: 0.5, Proxy: 3, Network: 0.25}})
		r.Faults = append(r.Faults, result.Fault{AtS: float64(i), UntilS: float64(i + 40), Kind: "slow", Target: name})
	}
	for i := range 40 {
		name := fmt.Sprintf("entry-of-region-%d-tenant-%d", i%4, i)
		r.Traffic[name] = &result.Traffic{Requests: 123456789 / uint64(i+1), Succeeded: 1, SuccessRate: 0.999999, OfferedRPS: 34293.5 / float64(i+1), GoodputRPS: 34293.5 / float64(i+1), Latency: latencyOf(float64(i*i*i) + 0.004)}
		r.Timeline.Series[goodputOf(name)] = []float64{1, 2, 3}
		r.Expect = append(r.Expect, result.Verdict{Check: "p99(" + name + ") < 400ms", Observed: "231ms", Pass: true})
		r.Warnings = append(r.Warnings, "lognormal of "+name+" is wide")
	}
	return r
}

func saturated() *result.Result {
	r := withFaults()
	r.Scenario, r.About, r.Faults, r.Warnings = "overload", "More arrives than can be served.", nil, []string{"shoppers: in flight grew by 31 requests a second over the last half: no steady state"}
	r.Traffic["shoppers"].NoSteady, r.Services["payments"].NoSteady = true, true
	r.Traffic["shoppers"].Outcomes["unfinished"] = 3811
	r.Services["payments"].Utilization = 1
	r.Expect = r.Expect[:1]
	return r
}

func interrupted() *result.Result {
	r := replicated()
	r.Interrupted, r.Replications = "7 of 30 replications", 7
	return r
}

func replicated() *result.Result {
	r := withFaults()
	r.Replications, r.Seed, r.WarmupNote = 30, 100, "warm-up: MSER-5 found the end of the transient at 8.4s; cut 10s"
	r.Expect = r.Expect[1:3]
	r.Traffic["shoppers"].SuccessRateCI95, r.Traffic["shoppers"].GoodputCI95 = &[2]float64{0.9781, 0.9795}, &[2]float64{391, 392.5}
	r.Traffic["shoppers"].LatencyCI95 = &result.LatencyCI{Mean: &[2]float64{12.01, 12.25}, P50: &[2]float64{10.2, 10.28}, P90: &[2]float64{22, 22.7}, P99: &[2]float64{44, 47.2},
		CannotTell: []string{"p99.9 needs 3688 independent samples, there are 900"}}
	r.Traffic["back_office"].SuccessRateCI95, r.Traffic["back_office"].GoodputCI95 = &[2]float64{1, 1}, &[2]float64{19.2, 19.3}
	r.Traffic["back_office"].LatencyCI95 = &result.LatencyCI{Mean: &[2]float64{12.9, 13.1}}
	return r
}

func hostile() *result.Result {
	r := withFaults()
	evil := "\x1b[31mred\x1b[0m\r\n\u202egnp.exe\u0007\u009b2J"
	wide := strings.Repeat("界", 60)
	r.Scenario, r.About = evil, evil+wide
	r.Traffic[evil], r.Traffic[wide] = r.Traffic["shoppers"], r.Traffic["back_office"]
	r.Traffic["tower e"+strings.Repeat("\u0301", 500)] = &result.Traffic{Requests: 1, SuccessRate: math.Inf(1), Latency: &result.Latency{Mean: math.NaN(), Max: -3, P50: 1e300, P99: 5e-324}}
	delete(r.Traffic, "shoppers")
	delete(r.Traffic, "back_office")
	r.Services[evil], r.Services[wide] = r.Services["payments"], &result.Service{Utilization: math.NaN(), Replicas: -1}
	delete(r.Services, "payments")
	for _, e := range r.Edges {
		e.From, e.To = evil, wide
	}
	r.Edges[0].From, r.Edges[0].Cost.App = "\xff\xfe", math.NaN()
	r.Timeline.Series[goodputOf(evil)] = []float64{1, math.NaN(), math.Inf(1), -4, 5}
	r.Faults = append(r.Faults, result.Fault{AtS: -5, UntilS: 1e300, Kind: evil, Target: wide}, result.Fault{AtS: 900, UntilS: math.NaN(), Kind: "late", Target: "x"})
	r.Expect = append(r.Expect, result.Verdict{Check: evil, Observed: wide, Note: wide + evil}, result.Verdict{Check: strings.Repeat("x", 300), Observed: "1"})
	r.Warnings = append(r.Warnings, evil, wide, strings.Repeat("w", 400))
	r.Fingerprint = evil
	return r
}

// silent is a run in which no request arrived or succeeded.
func silent() *result.Result {
	return &result.Result{Meshdyno: "0.1.0", Scenario: "silent", Mode: "sim", Seed: 1, Replications: 1, MeasuredS: 0.5, Events: 1,
		Traffic:  map[string]*result.Traffic{"nobody": {}, "refused": {Requests: 10, Failed: 10, Outcomes: map[string]uint64{"refused": 10}}},
		Services: map[string]*result.Service{"web": {Replicas: 1}},
		Edges:    []*result.Edge{{From: "nobody", To: "web"}},
		Timeline: result.Timeline{IntervalS: 1, Series: map[string][]float64{goodputOf("nobody"): {0}}}}
}
