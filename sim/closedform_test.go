package sim

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
)

// closedForm is a model whose figures are known.
type closedForm struct {
	name    string
	model   Model // Duration is that of all replications together
	figures []figure
}

// figure is one thing that the model says, and what theory says of it.
type figure struct {
	name string
	want float64
	of   func(*Tally) float64
}

// What a figure may be off: 1 %, or 4 standard errors of its mean over the
// replications, for each of two seeds and for both together. Those of both may
// not be so large that the test could not fail.
const (
	replications = 16 // with each seed
	seeds        = 2
	within       = 0.01
	errors4      = 4
	telling      = 0.03
)

// TestClosedForms runs the models of all families with two seeds.
func TestClosedForms(t *testing.T) {
	families := []struct {
		name string
		rows func(testing.TB) []closedForm
	}{
		{"one_server", oneServer}, {"many_servers", manyServers}, {"loss", lossSystems}, {"general_service", generalService},
		{"general_arrivals", generalArrivals}, {"sharing", sharing}, {"disciplines", disciplines}, {"patience", patience},
		{"closed_loops", closedLoops}, {"networks", networks}, {"fan_out", fanOut}, {"balancing", balancing},
		{"proxies_and_links", proxiesAndLinks}, {"retries", retrying}, {"programs", programs},
	}
	for _, f := range families {
		for i, row := range f.rows(t) {
			t.Run(f.name+"/"+row.name, func(t *testing.T) {
				t.Parallel()
				skipSome(t, i)
				row.hold(t)
			})
		}
	}
}

// brief says that a quarter of the work has to do: every third row, one seed.
func brief() bool { return testing.Short() || raceDetector }

func skipSome(t *testing.T, i int) {
	switch {
	case raceDetector:
		t.Skip("one thread and millions of events: slow under the race detector")
	case brief() && i%3 != 0:
		t.Skip("every third row in short runs")
	}
}

func (c *closedForm) hold(t *testing.T) {
	runs := seeds * replications
	c.model.Duration /= time.Duration(runs)
	if c.model.Warmup == 0 {
		c.model.Warmup = c.model.Duration / 5
	}
	if brief() {
		runs /= seeds
	}
	plan := compiled(t, c.model)
	own := chance.Name(c.name) // or all rows would see the same arrivals
	seen := make([][]float64, len(c.figures))
	for i := range runs {
		tally := runPlan(t, plan, own+uint64(1000*(1+i/replications)+i%replications))
		for j := range c.figures {
			seen[j] = append(seen[j], c.figures[j].of(tally))
		}
	}
	for j := range c.figures {
		c.figures[j].judge(t, seen[j])
	}
}

// judge holds each seed and both together to theory. The spread of one
// replication is taken from all of them, which eight alone tell badly.
func (f *figure) judge(t *testing.T, seen []float64) {
	t.Helper()
	_, spread := meanAndSpread(seen)
	for from := 0; from < len(seen); from += replications {
		f.holds(t, fmt.Sprintf("seed %d", 1+from/replications), seen[from:from+replications], spread)
	}
	se := f.holds(t, "all", seen, spread)
	if !brief() && errors4*se > telling*f.want {
		t.Errorf("%s says too little: its standard error is %.2f%%", f.name, 100*se/f.want)
	}
}

func (f *figure) holds(t *testing.T, which string, seen []float64, spread float64) (se float64) {
	t.Helper()
	mean, _ := meanAndSpread(seen)
	se = spread / math.Sqrt(float64(len(seen)))
	allowed := float64(errors4)
	if brief() {
		allowed *= 1.25 // one seed tells the spread badly
	}
	line := fmt.Sprintf("%-6s %-34s theory %12.6g  seen %12.6g  off %+6.2f%%  standard error %5.2f%%",
		which, f.name, f.want, mean, 100*(mean/f.want-1), 100*se/f.want)
	t.Log(line)
	if off := math.Abs(mean - f.want); !(off <= max(within*f.want, allowed*se)) {
		t.Errorf("does not hold: %s", line)
	}
	return se
}

func meanAndSpread(seen []float64) (mean, spread float64) {
	n := float64(len(seen))
	for _, x := range seen {
		mean += x / n
	}
	for _, x := range seen {
		spread += (x - mean) * (x - mean)
	}
	return mean, math.Sqrt(spread / (n - 1))
}

// What a tally says, by name.

func (t *Tally) service(name string) int {
	for i := range t.Plan.services {
		if t.Plan.services[i].Name == name {
			return i
		}
	}
	panic("no service " + name)
}

func (t *Tally) edge(from, to string) *EdgeTally {
	for i := range t.Edges {
		if f, c := t.Edge(i); f == from && c == to {
			return &t.Edges[i]
		}
	}
	panic("no edge " + from + " to " + to)
}

const (
	clients = "clients"
	ms      = 1e6 // ns
)

// stay is the mean latency of a class, in seconds; quantile one of its quantiles.
func stay(want float64) figure { return stayOf(0, want) }

func stayOf(class int, want float64) figure {
	return figure{"latency", want, func(t *Tally) float64 { return t.Classes[class].OK.Mean() / 1e9 }}
}

func quantile(q, want float64) figure {
	return figure{fmt.Sprintf("p%g", q*100), want, func(t *Tally) float64 { return float64(t.Classes[0].OK.Quantile(q)) / 1e9 }}
}

func spread(want float64) figure {
	return figure{"standard deviation", want, func(t *Tally) float64 { return t.Classes[0].OK.Stddev() / 1e9 }}
}

// share is the part of a class's requests that ended so.
func share(o mesh.Outcome, want float64) figure {
	return figure{"share " + o.String(), want, func(t *Tally) float64 {
		return float64(t.Classes[0].Outcomes[o]) / float64(total(t.Classes[0].Outcomes[:]))
	}}
}

func throughput(want float64) figure {
	return figure{"throughput", want, func(t *Tally) float64 {
		return float64(t.Classes[0].Outcomes[mesh.OK]) / t.Measured.Seconds()
	}}
}

// inside, queued and used are means over time at a service.
func inside(service string, want float64) figure {
	return figure{"in system " + service, want, func(t *Tally) float64 { return t.InSystemMean(t.service(service)) }}
}

func queued(service string, want float64) figure {
	return figure{"waiting " + service, want, func(t *Tally) float64 { return t.QueueMean(t.service(service)) }}
}

func used(service string, want float64) figure {
	return figure{"utilisation " + service, want, func(t *Tally) float64 { return t.Utilization(t.service(service)) }}
}

func proxyUsed(service string, want float64) figure {
	return figure{"utilisation of the proxy of " + service, want, func(t *Tally) float64 { return t.ProxyUtilization(t.service(service)) }}
}

// part is the mean of a part of the latency of an edge, in seconds.
func part(from, to string, p Part, want float64) figure {
	return figure{fmt.Sprintf("part %d of %s to %s", p, from, to), want, func(t *Tally) float64 { return t.edge(from, to).CostMean(p) / 1e9 }}
}

func wait(want float64) figure { return part(clients, "s", Queue, want) }

// ratio is one count over another.
func ratio(name string, want float64, of func(t *Tally) (above, below uint64)) figure {
	return figure{name, want, func(t *Tally) float64 {
		above, below := of(t)
		return float64(above) / float64(below)
	}}
}

// lasting sets how long a model runs, all replications together, by requests.
func lasting(m Model, requests float64) Model {
	rate := 0.0
	for i := range m.Traffic {
		if p := m.Traffic[i].Rate; p != nil {
			rate += float64(p[0].Rate.From)
		}
	}
	m.Duration = time.Duration(requests / rate * 1e9)
	return m
}

func modelOf(traffic float64, to string, services ...mesh.Service) Model {
	m := Model{Services: services}
	m.Traffic = append(m.Traffic, open(clients, to, traffic))
	m.Mesh.SetDefaults()
	return m
}
