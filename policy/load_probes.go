package policy

import (
	"time"

	"github.com/meshdyno/meshdyno/mesh"
)

// LoadAnswer is what a host answers to a question for its load.
type LoadAnswer struct {
	RIF     int32         // requests that it has, at work or waiting
	Latency time.Duration // that it expects of one more: the median of those that came lately at about that number
	Took    time.Duration // from the question to the answer
}

// LoadProber is a balancer that has hosts asked for their load.
type LoadProber interface {
	Probed(now mesh.Time, host int, a LoadAnswer)
}

// loadProbes are the hosts to be asked that the driver has not fetched yet.
type loadProbes struct {
	hosts [64]int32
	n     int
}

// ask notes a host. A driver that fetches none loses them.
func (l *loadProbes) ask(host int32) {
	if l.n < len(l.hosts) {
		l.hosts[l.n] = host
		l.n++
	}
}

// ProbesLoad says whether a balancer has hosts asked for their load, which a
// driver then has to do.
func ProbesLoad(s BalancerSettings) bool {
	_, ok := s.(*Prequal)
	return ok
}

// NextLoadProbe takes a host off the list of those to be asked for their load;
// false when there is none. Calls put them there as they choose hosts.
func (u *Upstream) NextLoadProbe() (host int, ok bool) {
	l := u.set.probes
	if l == nil || l.n == 0 {
		return 0, false
	}
	l.n--
	return int(l.hosts[l.n]), true
}

// LoadProbed tells the balancer a host's answer. A question that gets none is
// not told of.
func (u *Upstream) LoadProbed(now mesh.Time, host int, a LoadAnswer) {
	for i := range u.workers {
		if b, ok := u.workers[i].balancer.(LoadProber); ok {
			b.Probed(now, host, a)
		}
	}
}
