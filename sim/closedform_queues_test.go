package sim

import (
	"fmt"
	"math"
	"testing"

	"github.com/meshdyno/meshdyno/loadgen"
	"github.com/meshdyno/meshdyno/mesh"
)

// mu is the rate of one server in the models here: work of 10 ms on average.
const mu = 100.0

// station is service s of one replica with c places, Poisson requests at load
// times its capacity, and work drawn as given.
func stationOf(t testing.TB, c int, load float64, law string) Model {
	return modelOf(load*mu*float64(c), "s", serviceOf("s", c, work(t, law)))
}

func oneServer(t testing.TB) (rows []closedForm) {
	for _, at := range []struct{ load, requests float64 }{{.3, 6e5}, {.5, 6e5}, {.7, 1.6e6}} {
		free := mu * (1 - at.load)
		rows = append(rows, closedForm{fmt.Sprintf("MM1_%g", at.load), lasting(stationOf(t, 1, at.load, "exp(10ms)"), at.requests), []figure{
			stay(1 / free), wait(at.load / free), inside("s", at.load/(1-at.load)),
			used("s", at.load), quantile(.5, math.Ln2/free), quantile(.9, math.Log(10)/free),
		}})
	}
	return rows
}

func manyServers(t testing.TB) (rows []closedForm) {
	for _, at := range []struct {
		c              int
		load, requests float64
	}{{2, .4, 2e5}, {2, .6, 4e5}, {3, .7, 6e5}, {8, .8, 6e5}} {
		lambda := at.load * mu * float64(at.c)
		w := waitMMc(at.c, lambda, mu)
		rows = append(rows, closedForm{fmt.Sprintf("MM%d_%g", at.c, at.load), lasting(stationOf(t, at.c, at.load, "exp(10ms)"), at.requests), []figure{
			stay(w + 1/mu), inside("s", lambda*(w+1/mu)), used("s", at.load),
		}})
	}
	for _, load := range []float64{.5, .7} {
		w := waitMMc(2, load*2*mu, mu)
		rows = append(rows, closedForm{fmt.Sprintf("wait_MM2_%g", load), lasting(stationOf(t, 2, load, "exp(10ms)"), 1.8e6), []figure{wait(w)}})
	}
	for _, law := range []string{"exp(10ms)", "10ms", "lognormal(10ms, cv=2)", "mix(90%: exp(5ms), 10%: exp(55ms))"} {
		m := modelOf(500, "s", serviceOf("s", 0, work(t, law)))
		rows = append(rows, closedForm{"infinite_servers_" + law, lasting(m, 2e5), []figure{stay(.01), inside("s", 5)}})
	}
	return rows
}

func lossSystems(t testing.TB) (rows []closedForm) {
	for _, at := range []struct {
		c    int
		load float64
		law  string
	}{
		{1, .5, "exp(10ms)"}, {4, .8, "exp(10ms)"}, {10, 1.2, "exp(10ms)"}, // Erlang 1917
		{4, 1.1, "lognormal(10ms, cv=2)"}, {10, 1.2, "10ms"}, {4, 1.1, "mix(90%: exp(5ms), 10%: exp(55ms))"}, // insensitive: Sevastyanov 1957
	} {
		m := stationOf(t, at.c, at.load, at.law)
		m.Services[0].Queue.Limit = 0
		a := at.load * float64(at.c)
		b := erlangB(at.c, a)
		rows = append(rows, closedForm{fmt.Sprintf("erlang_B_%d_%g_%s", at.c, at.load, at.law), lasting(m, 4e5), []figure{
			share(mesh.Refused, b), used("s", a*(1-b)/float64(at.c)), stay(.01),
		}})
	}
	for _, at := range []struct {
		c, room int
		load    float64
	}{{1, 4, .9}, {1, 4, 1.5}, {3, 5, 1.1}, {2, 1, 1.1}} {
		m := stationOf(t, at.c, at.load, "exp(10ms)")
		m.Services[0].Queue.Limit = at.room
		lambda := at.load * mu * float64(at.c)
		law := lawMMcK(at.c, at.c+at.room, lambda, mu)
		lost := law[at.c+at.room]
		rows = append(rows, closedForm{fmt.Sprintf("MM%d%d_%g", at.c, at.c+at.room, at.load), lasting(m, 8e5), []figure{
			share(mesh.Refused, lost), inside("s", meanOf(law)), stay(meanOf(law) / (lambda * (1 - lost))),
			used("s", at.load*(1-lost)), throughput(lambda * (1 - lost)),
		}})
	}
	return rows
}

func generalService(t testing.TB) (rows []closedForm) {
	p1, p2 := boundedPareto(.004, .06, 1.5)
	for _, law := range []struct {
		text     string
		m1, m2   float64
		requests float64
	}{
		{"10ms", .01, .0001, 5e5},
		{"uniform(0ms, 20ms)", .01, .0004 / 3, 5e5},
		{"erlang(10ms, k=4)", .01, .0001 * 1.25, 5e5},
		{"lognormal(10ms, cv=1)", .01, .0002, 1.2e6},
		{"mix(80%: exp(6ms), 20%: exp(26ms))", .01, 2 * (.8*.000036 + .2*.000676), 1.6e6},
		{"pareto(min=4ms, alpha=1.5, max=60ms)", p1, p2, 1e6},
	} {
		for _, load := range []float64{.3, .5} {
			lambda := load / law.m1
			w := waitMG1(lambda, law.m1, law.m2)
			m := modelOf(lambda, "s", serviceOf("s", 1, work(t, law.text)))
			rows = append(rows, closedForm{fmt.Sprintf("MG1_%s_%g", law.text, load), lasting(m, law.requests), []figure{
				wait(w), stay(w + law.m1), used("s", load),
			}})
		}
	}
	return rows
}

func generalArrivals(t testing.TB) (rows []closedForm) {
	for _, at := range []struct {
		name, gaps string
		transform  func(s float64) float64
		requests   float64
	}{
		{"D_M_1", "", gapsConstant(60), 4e5},
		{"E3_M_1", "erlang(1s, k=3)", gapsErlang(3, 60), 6e5},
		{"E8_M_1", "erlang(1s, k=8)", gapsErlang(8, 60), 4e5},
		{"H2_M_1", "mix(80%: exp(500ms), 20%: exp(3s))", gapsHyper(.8, 120, 20), 1.6e6},
	} {
		m := stationOf(t, 1, .6, "exp(10ms)")
		m.Traffic[0].Arrivals = loadgen.Arrivals{Kind: "renewal", Pacer: &loadgen.Renewal{Gaps: dur(t, "1s")}}
		if at.gaps != "" {
			m.Traffic[0].Arrivals.Pacer = &loadgen.Renewal{Gaps: dur(t, at.gaps)}
		}
		free := mu * (1 - sigmaGM1(mu, at.transform))
		rows = append(rows, closedForm{at.name, lasting(m, at.requests), []figure{
			stay(1 / free), quantile(.9, math.Log(10)/free), used("s", .6),
		}})
	}
	return rows
}

func sharing(t testing.TB) (rows []closedForm) {
	for _, law := range []struct {
		text     string
		requests float64
	}{{"exp(10ms)", 8e5}, {"10ms", 4e5}, {"lognormal(10ms, cv=1.5)", 9e5}, {"mix(80%: exp(6ms), 20%: exp(26ms))", 9e5}} {
		for _, load := range []float64{.3, .6} {
			rows = append(rows, closedForm{fmt.Sprintf("MG1_PS_%s_%g", law.text, load), lasting(shared(t, 1, load*mu, law.text), 1.6*load*law.requests), []figure{
				stay(.01 / (1 - load)), inside("s", load/(1-load)), used("s", load), // insensitive: Kleinrock 1967
			}})
		}
	}
	for _, cores := range []float64{2, 2.5, 4} { // each job at most one core
		lambda := .7 * mu * cores
		law := birthDeath(400, func(int) float64 { return lambda }, func(n int) float64 { return mu * min(float64(n), cores) })
		rows = append(rows, closedForm{fmt.Sprintf("MM%g_PS", cores), lasting(shared(t, cores, lambda, "exp(10ms)"), 8e5), []figure{
			inside("s", meanOf(law)), stay(meanOf(law) / lambda), used("s", .7),
		}})
	}
	return append(rows, fairness(t))
}

func shared(t testing.TB, cores, lambda float64, law string) Model {
	m := modelOf(lambda, "s", serviceOf("s", 0, work(t, law)))
	m.Services[0].CPU = cores
	return m
}

// fairness: under processor sharing a job of x takes x/(1-load), long or short.
func fairness(t testing.TB) closedForm {
	m := shared(t, 1, 60, "5ms")
	m.Services[0].Endpoints = append(m.Services[0].Endpoints, mesh.Endpoint{Path: "/long", Steps: []mesh.Step{work(t, "30ms")}})
	m.Traffic = append(m.Traffic, open("long", "s/long", 10))
	return closedForm{"PS_is_fair", lasting(m, 8e5), []figure{stayOf(0, .005/.4), stayOf(1, .03/.4)}}
}

func disciplines(t testing.TB) (rows []closedForm) {
	for _, load := range []float64{.3, .5} {
		m := stationOf(t, 1, load, "exp(10ms)")
		m.Services[0].Queue.Order = "lifo"
		// The mean is that of FIFO; the second moment of the wait is its 1/(1-load).
		w, w2 := load/mu/(1-load), 2*load/(mu*mu*math.Pow(1-load, 3))
		rows = append(rows, closedForm{fmt.Sprintf("LIFO_%g", load), lasting(m, 3e6*load), []figure{wait(w), spread(math.Sqrt(w2 - w*w + 1/mu/mu))}})
	}
	for _, load := range []float64{.4, .7} {
		m := twoPriorities(t, 1, load)
		waits := waitCobham(load*mu*(2/mu/mu)/2, load*.4, load*.6)
		rows = append(rows, closedForm{fmt.Sprintf("priority_%g", load), lasting(m, 2.8e6*load*load), []figure{stayOf(0, waits[1]+1/mu), stayOf(1, waits[0]+1/mu), used("s", load)}})
		c := twoPriorities(t, 3, load)
		waits = waitCobham(erlangC(3, 3*load)/(3*mu), load*.4, load*.6)
		rows = append(rows, closedForm{fmt.Sprintf("priority_3_servers_%g", load), lasting(c, 1.6e6*load*load), []figure{stayOf(0, waits[1]+1/mu), stayOf(1, waits[0]+1/mu), used("s", load)}})
	}
	return rows
}

// twoPriorities: 60 % of the requests are of low priority, 40 % of high.
func twoPriorities(t testing.TB, c int, load float64) Model {
	m := stationOf(t, c, .6*load, "exp(10ms)")
	m.Traffic = append(m.Traffic, open("high", "s", .4*load*mu*float64(c)))
	m.Traffic[0].Priority = 9
	m.Services[0].Queue.Order = "priority"
	return m
}

func patience(t testing.TB) (rows []closedForm) {
	for _, at := range []struct {
		c     int
		load  float64
		law   string
		stays func(x float64) float64
	}{
		{1, .9, "20ms", upTo(.02)}, {1, 1.3, "20ms", upTo(.02)}, {4, 1, "5ms", upTo(.005)}, // M/M/c+D
		{1, .9, "exp(30ms)", leaving(.03)}, {3, 1.1, "exp(10ms)", leaving(.01)}, // M/M/c+M, Erlang A (Palm 1957)
		{2, 1, "uniform(0ms, 30ms)", func(x float64) float64 { return max(0, 1-x/.03) }},
	} {
		m := stationOf(t, at.c, at.load, "exp(10ms)")
		m.Services[0].Queue.Timeout = dur(t, at.law)
		lambda := at.load * mu * float64(at.c)
		lost, w := impatient(at.c, lambda, mu, at.stays, 1)
		rows = append(rows, closedForm{fmt.Sprintf("MM%d_patience_%s_%g", at.c, at.law, at.load), lasting(m, 5e5), []figure{
			share(mesh.Expired, lost), queued("s", lambda*w), used("s", at.load*(1-lost)),
		}})
	}
	return rows
}

func upTo(limit float64) func(x float64) float64 {
	return func(x float64) float64 {
		if x < limit {
			return 1
		}
		return 0
	}
}

func leaving(mean float64) func(x float64) float64 {
	return func(x float64) float64 { return math.Exp(-x / mean) }
}
