package sim

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/loadgen"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
	"github.com/meshdyno/meshdyno/unit"
)

// front is a service that only calls others: no work, no limit.
func front(steps ...mesh.Step) mesh.Service { return serviceOf("front", 0, steps...) }

func askIf(to string, chance unit.Ratio) mesh.Step {
	return mesh.Step{Call: &mesh.Call{To: to, Chance: chance}}
}

func together(steps ...mesh.Step) mesh.Step { return mesh.Step{Parallel: steps} }

func times(n int, steps ...mesh.Step) mesh.Step {
	return mesh.Step{Repeat: &mesh.Repeat{Times: n, Steps: steps}}
}

func closedLoops(t testing.TB) (rows []closedForm) {
	for _, at := range []struct {
		users, c int
		think    string
		z        float64
	}{{10, 1, "exp(100ms)", .1}, {20, 1, "300ms", .3}, {20, 3, "exp(50ms)", .05}, {8, 2, "lognormal(40ms, cv=1.5)", .04}} {
		m := modelOf(0, "s", serviceOf("s", at.c, work(t, "exp(10ms)")))
		m.Traffic[0] = closed(t, clients, "s", at.users, at.think)
		m.Duration = 3000 * time.Second
		law := lawMachines(at.users, at.c, at.z, mu)
		x := (float64(at.users) - meanOf(law)) / at.z
		rows = append(rows, closedForm{fmt.Sprintf("machine_repair_%d_users_%d_servers", at.users, at.c), m, []figure{
			throughput(x), inside("s", meanOf(law)), stay(meanOf(law) / x), used("s", x/mu/float64(at.c)),
		}})
	}
	for _, law := range []string{"exp(10ms)", "lognormal(10ms, cv=1.5)"} { // BCMP 1975: sharing is insensitive
		m := shared(t, 1, 1, law)
		m.Traffic[0] = closed(t, clients, "s", 15, "exp(200ms)")
		m.Duration = 10_000 * time.Second
		x, in := meanValues(15, .2, .01)
		rows = append(rows, closedForm{"users_share_a_cpu_" + law, m, []figure{throughput(x), inside("s", in[0]), used("s", x/mu)}})
	}
	for _, users := range []int{4, 16} {
		m := modelOf(1, "front", front(ask("a"), ask("b"), ask("c")), serviceOf("a", 1, work(t, "exp(10ms)")), serviceOf("b", 1, work(t, "exp(6ms)")), serviceOf("c", 1, work(t, "exp(8ms)")))
		m.Traffic[0] = closed(t, clients, "front", users, "exp(50ms)")
		m.Duration = 3000 * time.Second
		x, in := meanValues(users, .05, .01, .006, .008)
		rows = append(rows, closedForm{fmt.Sprintf("mean_values_%d", users), m, []figure{
			throughput(x), inside("a", in[0]), inside("b", in[1]), inside("c", in[2]), stay(float64(users)/x - .05),
		}})
	}
	return rows
}

// sojourn is the mean stay in M/M/1.
func sojourn(lambda, rate float64) float64 { return 1 / (rate - lambda) }

func networks(t testing.TB) (rows []closedForm) {
	exp := func(name, law string) mesh.Service { return serviceOf(name, 1, work(t, law)) }
	for _, lambda := range []float64{30, 60} {
		rows = append(rows,
			closedForm{fmt.Sprintf("tandem_%g", lambda), // Jackson 1957, Burke 1956
				lasting(modelOf(lambda, "front", front(ask("a"), ask("b")), exp("a", "exp(10ms)"), exp("b", "exp(8ms)")), 1e4*lambda), []figure{
					stay(sojourn(lambda, 100) + sojourn(lambda, 125)), inside("a", lambda*sojourn(lambda, 100)), inside("b", lambda*sojourn(lambda, 125))}},
			closedForm{fmt.Sprintf("split_%g", lambda),
				lasting(modelOf(lambda, "front", front(mesh.Step{Choose: []mesh.Branch{{Chance: .3, Steps: []mesh.Step{ask("a")}}, {Chance: .7, Steps: []mesh.Step{ask("b")}}}}),
					exp("a", "exp(10ms)"), exp("b", "exp(8ms)")), 9e3*lambda), []figure{
					inside("a", .3*lambda*sojourn(.3*lambda, 100)), inside("b", .7*lambda*sojourn(.7*lambda, 125)),
					stay(.3*sojourn(.3*lambda, 100) + .7*sojourn(.7*lambda, 125))}},
			closedForm{fmt.Sprintf("feedback_%g", lambda), // each pass leads to another with chance 0.4
				lasting(modelOf(lambda*.6, "front", front(ask("a"), askIf("front", .4)), exp("a", "exp(10ms)")), 1e4*lambda), []figure{
					inside("a", lambda*sojourn(lambda, 100)), stay(sojourn(lambda, 100) / .6), used("a", lambda/100),
					ratio("passes", 1/.6, func(t *Tally) (uint64, uint64) { return t.edge("front", "a").Requests, t.Classes[0].Requests })}},
			closedForm{fmt.Sprintf("three_visits_%g", lambda), // Kelly 1975: the route may revisit a queue
				lasting(modelOf(lambda/3, "front", front(times(3, ask("a")), ask("b")), exp("a", "exp(10ms)"), exp("b", "exp(15ms)")), 8e3*lambda), []figure{
					inside("a", lambda*sojourn(lambda, 100)), stay(3*sojourn(lambda, 100) + sojourn(lambda/3, 1/.015))}},
		)
	}
	return append(rows, merging(t))
}

// merging: two flows meet at a db that one of them reaches only at times.
func merging(t testing.TB) closedForm {
	m := modelOf(40, "front", front(ask("a"), askIf("db", .5)), serviceOf("other", 0, ask("db")),
		serviceOf("a", 1, work(t, "exp(10ms)")), serviceOf("db", 2, work(t, "exp(20ms)")))
	m.Traffic = append(m.Traffic, open("others", "other", 40))
	db := waitMMc(2, 60, 50) + .02
	return closedForm{"merging", lasting(m, 7e5), []figure{
		inside("db", 60*db), stayOf(0, sojourn(40, 100)+.5*db), stayOf(1, db), used("db", .6),
		ratio("calls for each request", .5, func(t *Tally) (uint64, uint64) { return t.edge("front", "db").Requests, t.Classes[0].Requests }),
	}}
}

func fanOut(t testing.TB) (rows []closedForm) {
	for _, n := range []int{2, 5, 20} {
		var calls []mesh.Step
		for range n {
			calls = append(calls, ask("s"))
		}
		m := modelOf(50, "front", front(together(calls...)), serviceOf("s", 0, work(t, "exp(10ms)")))
		rows = append(rows, closedForm{fmt.Sprintf("greatest_of_%d", n), lasting(m, 1e5), []figure{
			stay(.01 * harmonic(n)), inside("s", .5*float64(n)), inside("front", .5*harmonic(n))}})
	}
	for _, load := range []float64{.3, .6} {
		m := modelOf(load*mu, "front", front(together(ask("a"), ask("b"))), serviceOf("a", 1, work(t, "exp(10ms)")), serviceOf("b", 1, work(t, "exp(10ms)")))
		rows = append(rows, closedForm{fmt.Sprintf("fork_join_%g", load), lasting(m, 2.2e6*load*load), []figure{
			stay(stayForkJoin(load*mu, mu)), inside("a", load/(1-load))}})
	}
	for _, batch := range []int{2, 5} { // M^X/M/1: Gross and Harris, Fundamentals of Queueing Theory, 3.1
		for _, load := range []float64{.3, .6} {
			var calls []mesh.Step
			for range batch {
				calls = append(calls, ask("s"))
			}
			m := modelOf(load*mu/float64(batch), "front", front(together(calls...)), serviceOf("s", 1, work(t, "exp(10ms)")))
			rows = append(rows, closedForm{fmt.Sprintf("batches_of_%d_%g", batch, load), lasting(m, 5e4+1.6e6*load*load), []figure{
				inside("s", load*float64(batch+1)/2/(1-load)), used("s", load)}})
		}
	}
	return rows
}

// balanced is n replicas of one place each behind one client.
func balanced(t testing.TB, n int, load float64, kind policy.BalancerSettings) Model {
	m := modelOf(load*mu*float64(n), "s", serviceOf("s", 1, work(t, "exp(10ms)")))
	m.Services[0].Replicas = n
	m.Policies = []policy.Rule{{To: "s", LoadBalancer: &policy.LoadBalancer{Settings: kind}}}
	return m
}

func balancing(t testing.TB) (rows []closedForm) {
	first := func(n int) figure {
		return ratio("picks of the first", 1/float64(n), func(t *Tally) (uint64, uint64) { return t.Edges[0].Picks[0], t.Edges[0].Attempts })
	}
	for _, load := range []float64{.3, .6} {
		rows = append(rows, closedForm{fmt.Sprintf("random_is_MM1_%g", load), lasting(balanced(t, 5, load, &policy.Random{}), 2e6*load*load), []figure{
			stay(sojourn(load*mu, mu)), inside("s", 5*load/(1-load)), first(5)}})
	}
	for _, n := range []int{2, 3, 10} {
		free := mu * (1 - sigmaGM1(mu, gapsErlang(n, .7*mu)))
		rows = append(rows, closedForm{fmt.Sprintf("round_robin_is_E%dM1_0.7", n), lasting(balanced(t, n, .7, &policy.RoundRobin{}), 1.2e6), []figure{
			stay(1 / free), quantile(.9, math.Log(10)/free), first(n)}})
	}
	for _, at := range []struct {
		d    int
		load float64
	}{{2, .7}, {2, .9}, {3, .9}} {
		const n = 200
		m := lasting(balanced(t, n, at.load, &policy.LeastRequest{ChoiceCount: at.d}), 2e6*at.load*at.load*at.load*at.load)
		m.Warmup = 600 * time.Millisecond
		want := staySupermarket(at.d, at.load) / mu
		rows = append(rows, closedForm{fmt.Sprintf("least_request_of_%d_%g", at.d, at.load), m, []figure{
			inside("s", n*at.load*mu*want), used("s", at.load)}})
	}
	return rows
}

func proxied(t testing.TB, lambda float64, workers int, request, response string) Model {
	m := modelOf(lambda, "s", serviceOf("s", 0))
	m.Mesh.Proxies = "sidecar"
	m.Mesh.Hop = mesh.Hop{Workers: workers, Request: dur(t, request), Response: dur(t, response)}
	return m
}

// proxiesAndLinks: an answer that costs nothing still waits for its turn. It
// finds what a departure leaves behind, which is what an arrival finds, and at a
// second proxy what Burke's theorem says, which is the same.
func proxiesAndLinks(t testing.TB) (rows []closedForm) {
	for _, load := range []float64{.4, .6} {
		requests := 7e4 + 1.3e6*load*load
		for _, workers := range []int{1, 2, 4} {
			lambda := load * mu * float64(workers)
			want := 2*waitMMc(workers, lambda, mu) + 1/mu
			rows = append(rows, closedForm{fmt.Sprintf("proxy_is_MM%d_%g", workers, load), lasting(proxied(t, lambda, workers, "exp(10ms)", "0ms"), requests), []figure{
				stay(want), part(clients, "s", Proxy, want), proxyUsed("s", load)}})
		}
		constant := waitMG1(load*mu, .01, .0001) + .01 // and the answer waits for the work of those who came meanwhile
		rows = append(rows, closedForm{fmt.Sprintf("proxy_is_MD1_%g", load), lasting(proxied(t, load*mu, 1, "10ms", "0ms"), requests), []figure{stay(constant * (1 + load)), proxyUsed("s", load)}})
		both := proxied(t, load*mu/2, 1, "exp(10ms)", "exp(10ms)") // Kelly 1975: passed twice
		rows = append(rows, closedForm{fmt.Sprintf("proxy_both_ways_%g", load), lasting(both, requests), []figure{stay(2 * sojourn(load*mu, mu)), proxyUsed("s", load)}})
		two := proxied(t, load*mu, 1, "exp(10ms)", "0ms")
		two.Traffic[0].Sidecar = true
		pass := 2*waitMMc(1, load*mu, mu) + 1/mu
		rows = append(rows, closedForm{fmt.Sprintf("two_proxies_%g", load), lasting(two, requests), []figure{stay(2 * pass), part(clients, "s", Proxy, 2*pass)}})
		rows = append(rows, nodeProxy(t, load))
		rows = append(rows, wires(t, load)...)
	}
	return append(rows, lossyLinks(t)...)
}

// nodeProxy: one proxy serves both services of its node. A request passes it
// on the way to front, to s, and with each of the two answers.
func nodeProxy(t testing.TB, load float64) closedForm {
	m := proxied(t, load*mu/4, 1, "exp(10ms)", "exp(10ms)")
	m.Mesh.Proxies = "node"
	m.Services = append(m.Services, front(ask("s")))
	m.Traffic[0].To = "front"
	return closedForm{fmt.Sprintf("node_proxy_%g", load), lasting(m, 1e6*load*load), []figure{
		stay(4 * sojourn(load*mu, mu)), part("front", "s", Proxy, 2*sojourn(load*mu, mu)), part(clients, "front", Proxy, 2*sojourn(load*mu, mu))}}
}

// wires: an interface sends one message after the other.
func wires(t testing.TB, load float64) []closedForm {
	bare := func(request, response string) Model {
		m := modelOf(load*mu, "s", serviceOf("s", 0))
		m.Network.SameZone = mesh.Link{Bandwidth: 8_000_000, Latency: dur(t, "1ms")}
		m.Traffic[0].Request, m.Services[0].Endpoints[0].Response = size(t, request), size(t, response)
		m.Services[0].Protocol = "http2" // one connection
		return m
	}
	constant, queue := waitMG1(load*mu, .01, .0001)+.01, sojourn(load*mu, mu)
	return []closedForm{
		{fmt.Sprintf("wire_is_MD1_%g", load), lasting(bare("10KB", "0B"), 3e5), []figure{stay(constant + .002), part(clients, "s", Network, constant+.002)}},
		{fmt.Sprintf("wire_is_MM1_%g", load), lasting(bare("exp(10KB)", "0B"), 1.4e6*load*load), []figure{stay(queue + .002)}},
		{fmt.Sprintf("wires_both_ways_%g", load), lasting(bare("exp(10KB)", "exp(10KB)"), 8e5*load*load), []figure{stay(2*queue + .002)}},
	}
}

func size(t testing.TB, text string) chance.Size {
	t.Helper()
	s, err := chance.ParseSize(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// lossyLinks: a message is lost again and again with the same chance, and each
// time the pause before the next try doubles, six times at most.
func lossyLinks(t testing.TB) (rows []closedForm) {
	for _, loss := range []float64{.01, .1, .3} {
		m := modelOf(10, "s", serviceOf("s", 0, work(t, "10ms"))) // seldom, so that few are under way at the end
		m.Services[0].Protocol = "http2"
		m.Network.SameZone = mesh.Link{Latency: dur(t, "exp(2ms)"), Loss: unit.Ratio(loss)}
		extra := 0.0
		for k := range 6 {
			extra += math.Pow(loss, float64(k+1)) * .2 * float64(int(1)<<k)
		}
		rows = append(rows, closedForm{fmt.Sprintf("loss_%g", loss), lasting(m, 3e5), []figure{stay(.014 + 2*extra), part(clients, "s", Network, .004+2*extra)}})
	}
	return rows
}

func retrying(t testing.TB) (rows []closedForm) {
	for _, p := range []float64{.1, .3} {
		for _, n := range []int{0, 1, 3} {
			rows = append(rows, retryStorm(t, p, n))
		}
	}
	for _, limit := range []float64{.005, .01} {
		rows = append(rows, timeouts(t, limit), tries(t, limit))
	}
	for _, at := range []struct {
		most int
		load float64
		law  string
	}{{4, 3, "exp(10ms)"}, {10, 12, "exp(10ms)"}, {4, 3, "lognormal(10ms, cv=2)"}} {
		m := modelOf(at.load*mu, "s", serviceOf("s", 0, work(t, at.law)))
		m.Policies = []policy.Rule{{CircuitBreaker: caps(at.most, 0)}}
		b := erlangB(at.most, at.load)
		rows = append(rows, closedForm{fmt.Sprintf("breaker_is_erlang_B_%d_%g_%s", at.most, at.load, at.law), lasting(m, 4e5), []figure{
			share(mesh.Overflow, b), inside("s", at.load*(1-b)), throughput(at.load * mu * (1 - b))}})
	}
	return rows
}

func perRequest(name string, want float64, of func(e *EdgeTally) uint64) figure {
	return ratio(name, want, func(t *Tally) (uint64, uint64) { return of(&t.Edges[0]), t.Edges[0].Requests })
}

// retryStorm: a try fails with chance p, and up to n more follow after pauses of
// a random whole number of ms below 20, 40, 80.
func retryStorm(t testing.TB, p float64, n int) closedForm {
	m := modelOf(200, "s", serviceOf("s", 0, work(t, "exp(10ms)")))
	m.Services[0].Endpoints[0].Errors.Ratio = unit.Ratio(p)
	retry := &policy.Retry{RetryOn: []string{"5xx"}, NumRetries: n, BackOff: policy.BackOff{BaseInterval: 20 * unit.Millisecond}}
	m.Policies = []policy.Rule{{Retry: retry}}
	mean, lost, pauses := 0.0, 0.0, 0.0
	for k := range n + 1 {
		chance := math.Pow(p, float64(k)) * (1 - p) / (1 - math.Pow(p, float64(n+1)))
		mean += chance * (.01*float64(k+1) + pauses)
		lost += chance * (.01*float64(k) + pauses)
		pauses += (20*math.Pow(2, float64(k)) - 1) / 2 / 1000
	}
	figures := []figure{
		share(mesh.OK, 1-math.Pow(p, float64(n+1))), perRequest("attempts", attempts(p, n), func(e *EdgeTally) uint64 { return e.Attempts }),
		stay(mean), inside("s", 2*attempts(p, n)),
	}
	if n > 0 {
		figures = append(figures, part(clients, "s", Retry, lost))
	}
	return closedForm{fmt.Sprintf("retries_%g_%d", p, n), lasting(m, 4e4/p), figures}
}

// timeouts: who takes longer than the limit is given up, but still served.
func timeouts(t testing.TB, limit float64) closedForm {
	m := modelOf(200, "s", serviceOf("s", 0, work(t, "exp(10ms)")))
	patience := unit.Duration(limit * 1e9)
	m.Policies = []policy.Rule{{Timeout: &patience}}
	late := math.Exp(-limit / .01)
	return closedForm{fmt.Sprintf("timeout_%g", limit), lasting(m, 2e5), []figure{
		share(mesh.Timeout, late), stay(.01 - limit*late/(1-late)), inside("s", 2)}}
}

// tries: each of three tries is given up after the limit.
func tries(t testing.TB, limit float64) closedForm {
	m := modelOf(200, "s", serviceOf("s", 0, work(t, "exp(10ms)")))
	patience := unit.Duration(limit * 1e9)
	m.Policies = []policy.Rule{{Retry: &policy.Retry{RetryOn: []string{"5xx"}, NumRetries: 2, PerTryTimeout: &patience}}}
	late := math.Exp(-limit / .01)
	return closedForm{fmt.Sprintf("per_try_timeout_%g", limit), lasting(m, 5e5), []figure{
		share(mesh.Timeout, late*late*late), perRequest("attempts", attempts(late, 2), func(e *EdgeTally) uint64 { return e.Attempts }),
		inside("s", 2*attempts(late, 2))}}
}

// programs: what chance in a program comes to.
func programs(t testing.TB) (rows []closedForm) {
	errors := func(name string, share unit.Ratio) mesh.Service {
		s := serviceOf(name, 0, work(t, "1ms"))
		s.Endpoints[0].Errors.Ratio = share
		return s
	}
	optional := mesh.Step{Call: &mesh.Call{To: "a", Chance: 1, Optional: true}}
	calls := func(service string) func(t *Tally) (uint64, uint64) {
		return func(t *Tally) (uint64, uint64) { return t.edge("front", service).Requests, t.Classes[0].Requests }
	}
	choose := mesh.Step{Choose: []mesh.Branch{{Chance: .2, Steps: []mesh.Step{work(t, "10ms")}}, {Chance: .5, Steps: []mesh.Step{work(t, "4ms")}}}}
	a, b := errors("a", .1), errors("b", .3)
	for _, row := range []struct {
		name    string
		front   mesh.Step
		figures []figure
	}{
		{"errors_in_a_row", mesh.Step{Steps: []mesh.Step{ask("a"), ask("b")}}, []figure{share(mesh.Dependency, 1-.9*.7), ratio("b asked", .9, calls("b")), stay(.002)}},
		{"errors_at_once", together(ask("a"), ask("b")), []figure{share(mesh.Dependency, 1-.9*.7), ratio("b asked", 1, calls("b")), stay(.001)}},
		{"optional_error", mesh.Step{Steps: []mesh.Step{optional, ask("b")}}, []figure{share(mesh.Dependency, .3), ratio("b asked", 1, calls("b")), stay(.002)}},
		{"choice", choose, []figure{stay(.2*.01 + .5*.004), inside("front", 100*(.2*.01+.5*.004))}},
		{"nested_repeat", times(3, times(4, choose)), []figure{stay(12 * (.2*.01 + .5*.004))}},
		{"repeat_until_error", times(5, ask("b")), []figure{share(mesh.OK, math.Pow(.7, 5)), ratio("b asked", attempts(.7, 4), calls("b"))}},
		{"maybe", mesh.Step{Steps: []mesh.Step{askIf("a", .25), askIf("b", .5)}}, []figure{share(mesh.OK, (1-.025)*(1-.15)), ratio("a asked", .25, calls("a")), ratio("b asked", .5*(1-.025), calls("b"))}},
	} {
		m := modelOf(100, "front", front(row.front), a, b)
		rows = append(rows, closedForm{row.name, lasting(m, 1.5e5), row.figures})
	}
	return append(rows, mixedTraffic(t))
}

// mixedTraffic: two classes keep their own figures at one service.
func mixedTraffic(t testing.TB) closedForm {
	m := modelOf(100, "s", serviceOf("s", 0, work(t, "exp(10ms)")))
	m.Services[0].Endpoints = append(m.Services[0].Endpoints, mesh.Endpoint{Path: "/b", Steps: []mesh.Step{work(t, "exp(30ms)")}})
	m.Traffic = append(m.Traffic, open("b", "s/b", 50))
	m.Traffic[1].Arrivals = loadgen.Arrivals{Kind: "constant", Pacer: &loadgen.Constant{}}
	return closedForm{"two_classes", lasting(m, 3e5), []figure{stayOf(0, .01), stayOf(1, .03), inside("s", 1+1.5)}}
}
