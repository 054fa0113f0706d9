package proxy

import "slices"

// pool is the idle connections of each host, the one used last at the end. How
// many there are is what the policy counts: it says Send when there is one.
type pool map[int][]*conn

// take hands out the connection used last; nil when there is none.
func (p pool) take(host int) *conn {
	all := p[host]
	if len(all) == 0 {
		return nil
	}
	c := all[len(all)-1]
	p[host] = all[:len(all)-1]
	return c
}

// remove takes out a certain connection, and says whether it was there.
func (p pool) remove(c *conn) bool {
	i := slices.Index(p[c.host], c)
	if i < 0 {
		return false
	}
	p[c.host] = slices.Delete(p[c.host], i, i+1)
	return true
}

// release takes back a connection whose attempt was answered.
func (p *Proxy) release(c *conn, last bool) {
	switch {
	case c.era != p.eras[c.host]: // the policy has forgotten it
		c.Close()
	case c.gone || last:
		p.up.Closed(c.host)
	case p.closed:
		p.idle[c.host] = append(p.idle[c.host], c)
		c.Close()
	default:
		p.idle[c.host] = append(p.idle[c.host], c)
	}
}

// gone takes note of a connection that is no longer open. The policy knows of
// those that were in use, by how their attempts ended.
func (p *Proxy) gone(c *conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c.gone = true
	if p.idle.remove(c) {
		p.up.Closed(c.host)
	}
}
