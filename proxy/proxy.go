package proxy

import (
	"context"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

// Dial opens a connection to a host of the upstream, named by its index. The
// context ends when the connection is not wanted any more; DialOf tells which it
// is.
type Dial func(ctx context.Context, host int) (net.Conn, error)

// Proxy is one worker: what its calls to one upstream share.
type Proxy struct {
	clock clock
	dial  Dial

	mu     sync.Mutex // held while the policy is told something and acted upon
	up     *policy.Upstream
	copies []*Proxy    // where copies of requests go, by the number of the mirror
	log    *policy.Log // nil when nobody wants it
	sweep  *time.Timer // wakes the upstream; nil before it asked for that
	roused mesh.Time   // when it will; Never when it will not
	pool
	probes map[int]*conn // idle, of the health checks, by host
	living context.Context
	end    context.CancelFunc // ends all health checks
	calls  uint64             // begun so far
	closed bool
}

// New makes a proxy; its time begins now. Nobody else may use the upstream,
// whose hosts speak HTTP/1.1, nor the log, which may be nil, before all calls
// are over.
func New(up *policy.Upstream, dial Dial, log *policy.Log) *Proxy {
	up.Dials()
	p := &Proxy{clock: clock{time.Now()}, dial: dial, up: up, log: log, pool: newPool(), roused: mesh.Never, probes: map[int]*conn{}}
	up.Dated(p.clock.start.Unix())
	p.living, p.end = context.WithCancel(context.Background())
	return p
}

// CopyTo says which proxies, each of the upstream of one mirror, copies of
// requests go to: in the order of the plan's Mirrors. Copies that have none are
// not made. It comes before the first request.
func (p *Proxy) CopyTo(mirrors ...*Proxy) { p.copies = mirrors }

// Close closes the connections that are idle, and lets others follow as they
// become so. Calls under way go on to their ends.
func (p *Proxy) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	p.end()
	for _, c := range p.probes {
		c.Close()
	}
	if p.sweep != nil {
		p.sweep.Stop()
	}
	p.closeIdle()
}

// rouse wakes the upstream when it asked for that.
func (p *Proxy) rouse() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.closed {
		now := p.clock.now()
		p.roused = mesh.Never
		p.up.Wake(now)
		p.tend(now)
	}
}

// rouseLater sets the upstream's alarm, if it asks for an earlier one.
func (p *Proxy) rouseLater(now mesh.Time) {
	at := p.up.WakeAt()
	if at >= p.roused || p.closed {
		return
	}
	p.roused = at
	if p.sweep == nil {
		p.sweep = time.AfterFunc(at.Sub(now), p.rouse)
	} else {
		p.sweep.Reset(at.Sub(now))
	}
}

// ServeHTTP passes a request on, and the answer back.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c, err := p.do(r)
	switch {
	case err != nil:
		http.Error(w, err.Error(), http.StatusBadRequest)
	case c.response == nil && c.outcome != mesh.Unfinished:
		c.local(w)
	case c.response != nil:
		defer c.response.Body.Close()
		copyHeader(w.Header(), c.response.Header)
		w.WriteHeader(c.response.StatusCode)
		io.Copy(w, c.response.Body) // a caller who has left by now has nothing to be told
	}
}

// local is the proxy's own answer.
func (c *call) local(w http.ResponseWriter) {
	status, code := c.policy.Injected()
	if status == 0 {
		http.Error(w, c.outcome.String(), c.outcome.Status())
		return
	}
	const why = "fault filter abort" // Envoy's words
	if status == http.StatusOK && code != 0 {
		w.Header().Set("Grpc-Status", strconv.Itoa(int(code)))
		w.Header().Set("Grpc-Message", why)
	}
	http.Error(w, why, status)
}

// Do passes a request on and says how it ended. The response is that of the
// upstream, whole; nil when the proxy itself answers, and when the caller's
// context ended before anything came: that call is Unfinished. An error says
// that the request could not be read.
func (p *Proxy) Do(r *http.Request) (*http.Response, mesh.Outcome, error) {
	c, err := p.do(r)
	if err != nil {
		return nil, mesh.Unfinished, err
	}
	return c.response, c.outcome, nil
}

func (p *Proxy) do(r *http.Request) (*call, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	c := newCall(p, r, body)
	c.run(c.begin)
	return c, nil
}

// copyHeader copies what is not for this hop alone.
func copyHeader(to, from http.Header) {
	for name, values := range from {
		if !slices.Contains(hopByHop, name) {
			to[name] = values
		}
	}
}
