package proxy

import (
	"context"
	"net/http"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

// call is one request on its way through the proxy.
type call struct {
	*Proxy
	policy  policy.Call
	number  uint64
	request *http.Request
	body    []byte

	ended chan ended                   // attempts that came to an end by themselves
	stop  map[int16]context.CancelFunc // ends an attempt under way
	alarm alarm

	came     ended          // the attempt that ended last
	response *http.Response // what the caller gets; nil when the proxy itself answers
	outcome  mesh.Outcome
	over     bool          // under the proxy's lock
	finished chan struct{} // closed when it is over
}

func newCall(p *Proxy, r *http.Request, body []byte) *call {
	return &call{Proxy: p, request: r, body: body, ended: make(chan ended), stop: map[int16]context.CancelFunc{}, alarm: newAlarm(), finished: make(chan struct{})}
}

// run is the loop. Whatever comes first is told to the policy.
func (c *call) run(begin func()) {
	defer c.alarm.Stop()
	begin()
	for {
		select {
		case <-c.finished:
			return
		case e := <-c.ended:
			c.done(e)
		case <-c.alarm.C:
			c.wake()
		case <-c.request.Context().Done():
			c.cancel()
		}
	}
}

func (c *call) begin() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls++
	c.number = c.calls
	now := c.clock.now()
	if c.log != nil {
		c.log.Begin(now, c.number)
	}
	c.policy.Begin(now, c.up, reading{c.request})
	c.act(now)
}

// done is the end of an attempt. Its connection is idle before others decide.
func (c *call) done(e ended) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.wakeFirst()
	if !c.policy.Wants(e.attempt) {
		e.drop()
		return
	}
	c.came = e
	delete(c.stop, e.attempt)
	e.over.used, e.last = false, e.last || e.over.gone
	if c.log != nil {
		c.log.Done(now, c.number, &c.policy, e.attempt, e.reply())
	}
	if e.response != nil {
		if r, err := loadReport(e.response.Header); err == nil {
			c.up.Report(now, e.host, r)
		}
	}
	c.policy.Done(now, e.attempt, e.reply())
	c.act(now)
	if c.closed {
		c.closeIdle()
	}
}

func (c *call) wake() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wakeFirst()
}

// wakeFirst tells the policy how late it is, if it asked for that. Time goes
// before whatever comes at the same moment: an answer at the very deadline is
// too late, in the simulator as here, whichever goroutine is quicker.
func (c *call) wakeFirst() (now mesh.Time) {
	now = c.clock.now()
	if now < c.policy.WakeAt() {
		return now
	}
	if c.log != nil {
		c.log.Wake(now, c.number, &c.policy)
	}
	c.policy.Wake(now)
	c.act(now)
	return now
}

// cancel is the end of the caller's patience.
func (c *call) cancel() {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.wakeFirst()
	if c.over {
		return
	}
	if c.log != nil {
		c.log.Cancel(now, c.number, &c.policy)
	}
	c.policy.Cancel(now)
	c.act(now)
	c.end()
}

// end ends the loop.
func (c *call) end() {
	c.over = true
	delete(c.waiting, c.number)
	close(c.finished)
}

// act does what the policy wants done, and sets the alarm.
func (c *call) act(now mesh.Time) {
	c.rouseLater(now)
	for {
		a := c.policy.Next()
		if c.log != nil {
			c.log.Next(now, c.number, &c.policy, a)
		}
		switch a.Kind {
		case policy.Wait:
			c.policy.Await(a.Attempt, c.number)
			c.waiting[c.number] = c
		case policy.Send, policy.Connect:
			c.send(a, c.open[c.policy.Conn(a.Attempt)])
		case policy.Copy:
			c.copy(int(a.Host))
		case policy.Abandon:
			if stop := c.stop[a.Attempt]; stop != nil { // it was sent
				stop()
				delete(c.stop, a.Attempt)
			}
		case policy.Answer:
			c.answer(a)
			c.tend(now)
			return
		case policy.Nothing:
			c.alarm.set(now, c.policy.WakeAt())
			c.tend(now)
			return
		}
	}
}

// answer ends the call. What the attempt that has just ended brought is passed on
// if it is what the call ends with.
func (c *call) answer(a policy.Action) {
	c.outcome = a.Outcome
	if a.Attempt > 0 && a.Attempt == c.came.attempt {
		c.response = c.came.response
		c.keepSession()
	}
	c.end()
}

// keepSession tells the caller which host to come back for, if it has to know.
func (c *call) keepSession() {
	host, given := c.policy.Session()
	if !given || c.response == nil {
		return
	}
	kept := c.up.StatefulSession()
	value := c.up.AppendSession(c.clock.now(), nil, host)
	if kept.Cookie != nil {
		c.response.Header.Add("Set-Cookie", string(kept.AppendSetCookie(nil, value)))
		return
	}
	c.response.Header.Set(kept.Header, string(value))
}
