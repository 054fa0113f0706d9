package policy

import (
	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
)

// LeastConn asks the host with the fewest requests under way for its weight, and
// equal ones in turn: NGINX's least_conn (ngx_http_upstream_least_conn_module.c),
// whose turns are those of its round robin among the equal alone. HAProxy's
// leastconn is the same rule, with turns of its own.
type LeastConn struct{ SmoothRoundRobin }

// New makes the state for one upstream.
func (l *LeastConn) New() Balancer {
	return &leastConn{smoothRoundRobin{maxFails: int64(l.MaxFails)}}
}

type leastConn struct{ smoothRoundRobin }

func (l *leastConn) Pick(_ mesh.Time, set *Set, _ *Ask, _ *chance.Stream) int {
	l.meet(set)
	first, many := l.least(set)
	if !many {
		return first
	}
	total, best := int64(0), first
	for _, host := range set.Eligible {
		if l.compare(set, int(host), first) != 0 {
			continue
		}
		total += l.gain(int(host))
		if l.peers[host].current > l.peers[best].current {
			best = int(host)
		}
	}
	l.peers[best].current -= total
	return best
}

// least is the first of the least busy, and whether there are others.
func (l *leastConn) least(set *Set) (best int, many bool) {
	best = int(set.Eligible[0])
	for _, host := range set.Eligible[1:] {
		switch c := l.compare(set, int(host), best); {
		case c < 0:
			best, many = int(host), false
		case c == 0:
			many = true
		}
	}
	return best, many
}

// compare is below 0 when a is less busy for its weight than b.
func (l *leastConn) compare(set *Set, a, b int) int64 {
	return int64(set.Hosts[a].Active)*l.peers[b].weight - int64(set.Hosts[b].Active)*l.peers[a].weight
}
