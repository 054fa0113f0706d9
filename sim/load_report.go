package sim

import (
	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

// load is what a replica reports of itself (mesh.LoadReport).
type load struct{ qps, eps, cpu, application, places, queue float64 }

// meter measures a replica's load over the time that has just passed: since the
// last of its marks that is a window old. Marks are a tenth of a window apart.
type meter struct {
	window mesh.Time
	now    mark // all that was counted so far
	marks  [12]mark
	first  int
	count  int
}

// mark is what was counted up to a moment.
type mark struct {
	at           mesh.Time
	taken        int64  // places * ns
	cores        uint64 // core time, in thousandths of ns
	done, failed int64
}

func newMeter(s *mesh.Service) *meter {
	if s.LoadReport == nil {
		return nil
	}
	return &meter{window: mesh.Time(s.LoadReport.Window), count: 1} // the first mark is the beginning
}

// goOn counts the places that were taken until now. It comes before that changes.
func (m *meter) goOn(now mesh.Time, busy int32) {
	m.now.taken += int64(now-m.now.at) * int64(busy)
	m.now.at = now
}

// served counts a request that the replica is done with.
func (m *meter) served(o mesh.Outcome) {
	if m.now.done++; o != mesh.OK {
		m.now.failed++
	}
}

// since is the mark to measure from. It sets another when it is time.
func (m *meter) since() mark {
	for m.count > 1 && m.mark(1).at <= m.now.at-m.window {
		m.first, m.count = (m.first+1)%len(m.marks), m.count-1
	}
	if m.now.at-m.mark(m.count-1).at >= max(m.window/10, 1) && m.count < len(m.marks) {
		m.count++
		*m.mark(m.count - 1) = m.now
	}
	return *m.mark(0)
}

func (m *meter) mark(n int) *mark { return &m.marks[(m.first+n)%len(m.marks)] }

// load is what a replica would report now.
func (r *Run) load(p *replica) (l load) {
	s, m := &r.services[p.service], p.meter
	m.goOn(r.now, p.busy)
	if p.cpu != nil {
		m.now.cores = p.cpu.used(r.now)
	}
	past := m.since()
	span := float64(m.now.at - past.at)
	if span <= 0 {
		return load{}
	}
	l.qps, l.eps = float64(float64(m.now.done-past.done)*1e9)/span, float64(float64(m.now.failed-past.failed)*1e9)/span
	if s.places < unbounded {
		l.places = float64(m.now.taken-past.taken) / span / float64(s.places)
	}
	if l.cpu = l.places; p.cpu != nil {
		l.cpu = float64(m.now.cores-past.cores) / span / float64(s.cores)
	}
	if s.limit > 0 && s.limit < unbounded {
		l.queue = float64(p.line.waiting) / float64(s.limit)
	}
	switch s.LoadReport.Application {
	case "places":
		l.application = l.places
	case "queue":
		l.application = l.queue
	}
	return l
}

// used is the core time used until now. Unlike advance it changes nothing, so
// that to measure is not to disturb.
func (c *cpu) used(now mesh.Time) uint64 {
	return c.busy + uint64(now-c.at)*min(uint64(len(c.jobs))*1000, c.cores)
}

// say puts a replica's load beside the answer that it gives.
func (r *Run) say(ref uint64, v *visit, p *replica) {
	p.meter.goOn(r.now, p.busy)
	p.meter.served(v.outcome)
	for len(r.said) <= int(uint32(ref)) {
		r.said = append(r.said, load{})
	}
	r.said[uint32(ref)], v.said = r.load(p), true
}

// hear hands the load that came with an answer to the balancer.
func (r *Run) hear(ref uint64, v *visit, c *call) {
	e := &r.edges[c.edge]
	if policy.TakesReports(e.policy.Balancer) && e.policy.ReportPeriod() == 0 {
		r.report(r.upstream(c), v.replica-r.services[e.callee].first, r.said[uint32(ref)])
	}
}

// report tells a balancer what a replica says.
func (r *Run) report(up *policy.Upstream, host int32, l load) {
	r.named = [2]policy.Metric{{Name: "named_metrics.places", Value: l.places}, {Name: "named_metrics.queue", Value: l.queue}}
	up.Report(r.now, int(host), policy.Report{QPS: l.qps, EPS: l.eps, CPU: l.cpu, Application: l.application, Named: r.named[:]})
}

// listener is a proxy that replicas report to on their own.
type listener struct {
	edge, decider int32
	caller        int32 // agent, from where the proxy is first used
}

// news is such a report on its way.
type news struct {
	listener int32
	host     int32
	load     load
}

// listen lets the replicas report to a proxy, if its balancer wants that.
func (r *Run) listen(edge, decider, caller int32) {
	e := &r.edges[edge]
	if e.policy.ReportPeriod() > 0 && r.services[e.callee].LoadReport != nil {
		r.listeners = append(r.listeners, listener{edge, decider, caller})
		r.at(r.now, publish, uint64(len(r.listeners)-1))
	}
}

// publish is the moment at which replicas report to a listener. It comes once
// for each period; each report crosses the link on its own.
func (r *Run) publish(n int) {
	l := &r.listeners[n]
	e := &r.edges[l.edge]
	s := &r.services[e.callee]
	for host := range int32(s.Replicas) {
		p := &r.replicas[s.first+host]
		if p.down {
			continue
		}
		ref, heard := r.news.take()
		*heard = news{int32(n), host, r.load(p)}
		key := chance.Mix(chance.Mix(r.seed, uint64(l.decider)<<32|uint64(host)), uint64(r.now))
		r.at(r.now.Add(nanoseconds(r.link(l.caller, s.first+host).travel(key, forReport))), heardOf, ref)
	}
	r.at(r.now.Add(e.policy.ReportPeriod()), publish, uint64(n))
}

// hearOf is a report's arrival.
func (r *Run) hearOf(ref uint64, n *news) {
	l := r.listeners[n.listener]
	r.report(r.deciders[l.decider], n.host, n.load)
	r.news.put(ref)
}
