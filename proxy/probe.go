package proxy

import (
	"context"
	"net/http"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

// Start puts the upstream into use before the first call does so, for the sake of
// its health checks.
func (p *Proxy) Start() {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.clock.now()
	p.up.Start(now)
	p.tend(now)
}

// tend does what the upstream wants done beside its calls: it closes connections
// to hosts that are out, sends probes, and sets the upstream's alarm.
func (p *Proxy) tend(now mesh.Time) {
	for _, ok := p.up.NextClosing(); ok; { // its deeds say the same
		_, ok = p.up.NextClosing()
	}
	p.wire(now)
	for probe, ok := p.up.NextProbe(); ok && !p.closed; probe, ok = p.up.NextProbe() {
		if p.log != nil {
			p.log.Probe(now, probe)
		}
		p.probe(now, probe)
	}
	p.rouseLater(now)
}

// probe asks a host how it is, over a connection of its own. Services here speak
// HTTP/1.1, so that a check of gRPC is one of the connection.
func (p *Proxy) probe(now mesh.Time, probe policy.Probe) {
	host := int(probe.Host)
	over := p.probes[host]
	if delete(p.probes, host); over != nil && (probe.Fresh || over.gone) {
		over.Close()
		over = nil
	}
	ctx, stop := context.WithTimeout(p.living, probe.Deadline.Sub(now))
	rules, _ := p.up.ProbeRules()
	go func() {
		defer stop()
		reply, over := p.examine(ctx, host, over, rules)
		p.probed(probe, reply, over)
	}()
}

// examine makes one check, and hands back the connection if it is of further
// use.
func (p *Proxy) examine(ctx context.Context, host int, over *conn, rules policy.HealthRules) (policy.ProbeReply, *conn) {
	if over == nil {
		made, err := p.dial(ctx, host)
		if err != nil {
			return policy.ProbeReply{Outcome: mesh.ConnectFailure}, nil
		}
		if rules.Protocol != policy.HTTPProbe {
			made.Close()
			return policy.ProbeReply{Outcome: mesh.OK}, nil
		}
		over = newConn(made, host, 0)
		go over.read(p.probeGone)
	}
	stop := context.AfterFunc(ctx, func() { over.Close() })
	defer stop()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://health"+rules.Path, http.NoBody)
	if err != nil {
		return policy.ProbeReply{Outcome: mesh.ConnectFailure}, nil
	}
	r.Header.Set("User-Agent", "Envoy/HC")
	a, ok := over.ask(r)
	if !ok {
		over.Close()
		return policy.ProbeReply{Outcome: mesh.Reset}, nil
	}
	reply := readHealth(a)
	if reply.Closed || !rules.Reuse {
		over.Close()
		return reply, nil
	}
	return reply, over
}

// probeGone takes note of a connection of health checks that is no longer open.
func (p *Proxy) probeGone(c *conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c.gone = true
}

// readHealth reads the answer to a check.
func readHealth(a answer) policy.ProbeReply {
	status, header := a.response.StatusCode, a.response.Header
	return policy.ProbeReply{Outcome: outcomeOf(status), Status: status, Closed: a.last,
		Degraded: header.Get("X-Envoy-Degraded") != "", Immediate: header.Get("X-Envoy-Immediate-Health-Check-Fail") != ""}
}

// probed tells what came of a probe. Time goes before it.
func (p *Proxy) probed(probe policy.Probe, reply policy.ProbeReply, over *conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		if over != nil {
			over.Close()
		}
		return
	}
	now := p.clock.now()
	if now >= p.up.WakeAt() {
		p.up.Wake(now)
	}
	if over != nil {
		p.probes[over.host] = over
	}
	if p.log != nil {
		p.log.Probed(now, p.up, probe, reply)
	}
	p.up.Probed(now, probe, reply)
	p.tend(now)
}
