package proxy

import (
	"context"
	"net"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

// pool is the sockets behind the connections of the policy, which decides when
// one is opened and closed, and who goes out on it.
type pool struct {
	open    map[policy.Conn]*conn
	making  map[policy.Conn]context.CancelFunc
	waiting map[uint64]*call // for a connection, by number
	dials   int              // so far
}

func newPool() pool {
	return pool{open: map[policy.Conn]*conn{}, making: map[policy.Conn]context.CancelFunc{}, waiting: map[uint64]*call{}}
}

// wire does what the policy wants done about connections, and rouses the calls
// whose waits are over.
func (p *Proxy) wire(now mesh.Time) {
	for p.up.Restless() {
		for d, ok := p.up.NextDeed(); ok; d, ok = p.up.NextDeed() {
			p.deed(now, d)
		}
		if number, ok := p.up.NextRoused(); ok {
			c := p.waiting[number]
			if p.log != nil {
				p.log.Roused(now, number)
			}
			c.policy.Rouse(now)
			c.act(now)
		}
	}
}

// deed opens a connection or closes one.
func (p *Proxy) deed(now mesh.Time, d policy.Deed) {
	if p.log != nil {
		p.log.Deed(now, d)
	}
	if !d.Open {
		p.close(d.Conn)
		return
	}
	p.dials++
	ctx, cancel := context.WithCancel(context.WithValue(context.Background(), dialKey{}, p.dials))
	p.making[d.Conn] = cancel
	go func() {
		made, err := p.dial(ctx, int(d.Host))
		p.dialled(d, made, err)
		cancel()
	}()
}

type dialKey struct{}

// DialOf says which of a proxy's connections, 1, 2, ..., is opened; 0 when ctx is
// not that of a Dial.
func DialOf(ctx context.Context) int {
	n, _ := ctx.Value(dialKey{}).(int)
	return n
}

// dialled tells the policy what came of a connection, if it still wants it.
func (p *Proxy) dialled(d policy.Deed, made net.Conn, err error) {
	name, host := d.Conn, d.Host
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, wanted := p.making[name]; !wanted {
		if err == nil {
			made.Close()
		}
		return
	}
	delete(p.making, name)
	now := p.clock.now()
	if p.log != nil {
		p.log.Dialled(now, name, err == nil)
	}
	if err != nil {
		p.up.Closed(now, name)
	} else {
		c := newConn(made, int(host), name)
		p.open[name] = c
		go c.read(p.gone)
		p.up.Connected(now, name)
	}
	p.settle(now)
}

// settle does what follows from something that no call was told.
func (p *Proxy) settle(now mesh.Time) {
	p.tend(now)
	if p.closed {
		p.closeIdle()
	}
}

// close closes a connection that the policy gives up.
func (p *Proxy) close(name policy.Conn) {
	if stop := p.making[name]; stop != nil {
		delete(p.making, name)
		stop()
	}
	if c := p.open[name]; c != nil {
		delete(p.open, name)
		c.Close()
	}
}

// closeIdle closes the connections that carry nothing, and gives up those that are
// being made for nobody.
func (p *Proxy) closeIdle() {
	for _, c := range p.open {
		if !c.used {
			c.Close()
		}
	}
	if len(p.waiting) == 0 {
		for _, stop := range p.making {
			stop()
		}
	}
}

// gone takes note of a connection that is no longer open. The policy knows of
// those that were in use, by how their attempts ended.
func (p *Proxy) gone(c *conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c.gone = true
	if p.open[c.name] != c || c.used {
		return
	}
	delete(p.open, c.name)
	now := p.clock.now()
	p.up.Closed(now, c.name)
	p.settle(now)
}
