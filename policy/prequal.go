package policy

import (
	"errors"
	"slices"
	"time"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/unit"
)

// Prequal asks hosts how busy they are, ahead of the requests that will need to
// know (Wydrowski, Kleinberg, Rumble, Archer: Load is not what you should
// balance: Introducing Prequal, NSDI 2024). Each request sends out probe_rate
// probes to hosts at random, which answer with their requests in flight (RIF)
// and the latency that they expect at that number; the answers wait in a pool
// for the requests that come after.
//
// A probe is hot whose RIF is above the q_rif quantile of what was heard lately.
// Of the cold ones that of the lowest latency is chosen, and if all are hot that
// of the lowest RIF. The RIF of the host chosen goes up by one, since it will
// have that request. With fewer than two probes any host is asked.
//
// Probes leave the pool when they are max_age old, or were used as often as
// their budget allows, or a newer one of the same host comes, or the pool is
// full and they are the oldest; and remove_rate of them with each request, in
// turns the oldest and the worst: of the hot ones that of the highest RIF, or if
// none is hot that of the highest latency.
type Prequal struct {
	PoolSize      int           `yaml:"pool_size" min:"2" max:"1000" doc:"probes that are kept"`
	ProbeRate     float64       `yaml:"probe_rate" min:"0" max:"1000" doc:"probes sent for each request; 0.5 is one for every other"`
	RemoveRate    float64       `yaml:"remove_rate" min:"0" max:"1000" doc:"probes taken out of the pool for each request"`
	QRIF          float64       `yaml:"q_rif" min:"0" max:"1" doc:"quantile of the requests in flight above which a probe is hot; 0 looks at those alone, 1 at latency alone"`
	Delta         float64       `yaml:"delta" min:"0" max:"1000" doc:"how many probes the pool gains with each request, beyond those that it loses"`
	MaxAge        unit.Duration `yaml:"max_age" min:"1us" doc:"how long a probe is worth keeping"`
	ProbeTimeout  unit.Duration `yaml:"probe_timeout" min:"1us" doc:"how long a probe may take; what comes later is not used"`
	ErrorAversion unit.Duration `yaml:"error_aversion" doc:"for how long after a failure a host's probes are not used, so that one which fails quickly does not look idle; the paper avoids that too and does not say how; 0s is never"`
}

// defaultPrequal has the settings of the paper's testbed: 2^-0.25 is the
// quantile.
func defaultPrequal() *Prequal {
	return &Prequal{PoolSize: 16, ProbeRate: 3, RemoveRate: 1, QRIF: 0.8409, Delta: 1,
		MaxAge: unit.Second, ProbeTimeout: 3 * unit.Millisecond, ErrorAversion: unit.Second}
}

// Check holds the rates to a pool that does not drain.
func (p *Prequal) Check() error {
	if p.ProbeRate > 0 && p.RemoveRate >= p.ProbeRate {
		return errors.New("remove_rate must be below probe_rate, or the pool runs dry")
	}
	return nil
}

// New makes the state for one upstream.
func (p *Prequal) New() Balancer { return &prequal{s: p, pool: make([]loadProbe, 0, p.PoolSize)} }

// Reuses is how often a probe may be used with so many hosts:
//
//	max(1, (1 + delta) / ((1 - pool_size/hosts) * probe_rate - remove_rate))
//
// and without end where the pool has room for all hosts or nearly, so that
// the divisor is not above 0: newer probes then replace the old.
func (p *Prequal) Reuses(hosts int) (budget float64, bounded bool) {
	fresh := float64((1 - float64(min(p.PoolSize, hosts))/float64(hosts)) * p.ProbeRate)
	if fresh <= p.RemoveRate {
		return 0, false
	}
	return max(1, (1+p.Delta)/(fresh-p.RemoveRate)), true
}

type prequal struct {
	s       *Prequal
	version uint32
	fit     []bool      // by host: it may be asked
	averse  []mesh.Time // by host: until when its probes are not used
	order   []int32     // eligible hosts, shuffled as far as needed
	pool    []loadProbe
	rifs    rifs
	probes  float64 // owed, of which whole ones are sent
	removes float64
	uses    float64
	worst   bool // is taken out next, and not the oldest
}

// loadProbe is what a host said.
type loadProbe struct {
	at      mesh.Time // when it was heard
	latency time.Duration
	host    int32
	rif     int32
	left    int32 // uses; below 0 without end
}

func (p *prequal) Pick(now mesh.Time, set *Set, _ *Ask, dice *chance.Stream) int {
	if p.version != set.Version {
		p.meet(set)
	}
	p.expire(now)
	host := set.Eligible[dice.IntN(len(set.Eligible))]
	if len(p.pool) >= 2 {
		i := p.best()
		host = p.pool[i].host
		p.use(i)
	}
	for p.removes += p.s.RemoveRate; p.removes >= 1; p.removes-- {
		p.remove()
	}
	if set.probes != nil {
		p.send(set, dice)
	}
	return int(host)
}

// meet takes in hosts that came or went.
func (p *prequal) meet(set *Set) {
	p.version = set.Version
	for len(p.fit) < len(set.Hosts) {
		p.fit, p.averse = append(p.fit, false), append(p.averse, 0)
	}
	clear(p.fit)
	for _, host := range set.Eligible {
		p.fit[host] = true
	}
	p.order = append(p.order[:0], set.Eligible...)
}

// expire takes out what is too old, or of a host that may not be asked.
func (p *prequal) expire(now mesh.Time) {
	p.pool = slices.DeleteFunc(p.pool, func(l loadProbe) bool {
		return now.Sub(l.at) > p.s.MaxAge.Std() || !p.fit[l.host]
	})
}

// best is the probe to be used.
func (p *prequal) best() int {
	best, limit := 0, p.limit()
	for i := 1; i < len(p.pool); i++ {
		if better(&p.pool[i], &p.pool[best], limit) {
			best = i
		}
	}
	return best
}

// better says whether one probe is to be used rather than another.
func better(a, b *loadProbe, limit int32) bool {
	switch hot := a.rif > limit; {
	case hot != (b.rif > limit):
		return !hot
	case hot:
		return a.rif < b.rif
	default:
		return a.latency < b.latency
	}
}

// limit is the RIF above which a probe is hot.
func (p *prequal) limit() int32 {
	switch p.s.QRIF {
	case 0:
		return -1
	case 1:
		return 1<<31 - 1
	}
	return p.rifs.quantile(p.s.QRIF)
}

// use books a request for a probe's host.
func (p *prequal) use(i int) {
	l := &p.pool[i]
	l.rif++
	if l.left--; l.left == 0 {
		p.pool = slices.Delete(p.pool, i, i+1)
	}
}

// remove takes the oldest or the worst out.
func (p *prequal) remove() {
	if len(p.pool) == 0 {
		return
	}
	out, limit := 0, p.limit()
	for i := range p.pool {
		if p.worst && better(&p.pool[out], &p.pool[i], limit) || !p.worst && p.pool[i].at < p.pool[out].at {
			out = i
		}
	}
	p.worst = !p.worst
	p.pool = slices.Delete(p.pool, out, out+1)
}

// send asks some hosts at random, none twice.
func (p *prequal) send(set *Set, dice *chance.Stream) {
	p.probes += p.s.ProbeRate
	n := min(int(p.probes), len(p.order))
	p.probes -= float64(int(p.probes))
	for i := range n {
		j := i + dice.IntN(len(p.order)-i)
		p.order[i], p.order[j] = p.order[j], p.order[i]
		set.probes.ask(p.order[i])
	}
}

// Probed takes an answer.
func (p *prequal) Probed(now mesh.Time, host int, r LoadAnswer) {
	if host >= len(p.fit) || !p.fit[host] || r.Took > p.s.ProbeTimeout.Std() {
		return
	}
	p.rifs.add(r.RIF)
	if now < p.averse[host] {
		return
	}
	p.forget(host)
	if len(p.pool) == p.s.PoolSize {
		p.pool = slices.Delete(p.pool, 0, 1) // they came in this order
	}
	p.pool = append(p.pool, loadProbe{now, r.Latency, int32(host), r.RIF, p.budget()})
}

// budget is how often the next probe may be used: a fraction makes some one more.
func (p *prequal) budget() int32 {
	b, bounded := p.s.Reuses(len(p.order))
	if !bounded {
		return -1
	}
	p.uses += min(b, 1<<20)
	whole := int32(p.uses)
	p.uses -= float64(whole)
	return whole
}

// forget takes a host's probe out.
func (p *prequal) forget(host int) {
	p.pool = slices.DeleteFunc(p.pool, func(l loadProbe) bool { return int(l.host) == host })
}

// Done turns away from a host that fails.
func (p *prequal) Done(now mesh.Time, host int, _ time.Duration, o mesh.Outcome) {
	if p.s.ErrorAversion > 0 && host < len(p.averse) && (answeredBadly(o) || broken(o)) {
		p.averse[host] = now.Add(p.s.ErrorAversion.Std())
		p.forget(host)
	}
}

// rifs are the requests in flight that hosts told of lately: as they came, and
// in order.
type rifs struct {
	came   [rifWindow]int32
	sorted [rifWindow]int32
	n      int // told of so far
}

// rifWindow is of this model; the paper says "recent".
const rifWindow = 128

func (r *rifs) add(rif int32) {
	place, kept := r.n%rifWindow, min(r.n, rifWindow)
	all := r.sorted[:kept]
	if kept == rifWindow {
		old, _ := slices.BinarySearch(all, r.came[place])
		all = slices.Delete(all, old, old+1)
	}
	at, _ := slices.BinarySearch(all, rif)
	all = r.sorted[:len(all)+1]
	copy(all[at+1:], all[at:])
	all[at] = rif
	r.came[place] = rif
	r.n++
}

func (r *rifs) quantile(q float64) int32 {
	kept := min(r.n, rifWindow)
	if kept == 0 {
		return 0
	}
	return r.sorted[min(int(q*float64(kept)), kept-1)]
}
