package sim_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/loadgen"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
	"github.com/meshdyno/meshdyno/proxy"
	"github.com/meshdyno/meshdyno/sim"
)

// simulated plays in virtual time: the journey of package sim, over links that
// cost nothing, to replicas that do what the script says.
func (p *play) simulated(t *testing.T) string {
	s := mesh.Service{Name: "s"}
	s.SetDefaults()
	s.Queue.SetDefaults()
	s.Replicas, s.Weights, s.Endpoints = p.hosts, p.weights, []mesh.Endpoint{{Path: "/"}}
	clients := loadgen.Traffic{Name: "clients", To: "s"}
	clients.SetDefaults()
	clients.Arrivals.Pacer = arrivals(p.calls)
	clients.Headers = []loadgen.Header{{Name: "x-user", Value: user}}
	model := &sim.Model{Services: []mesh.Service{s}, Traffic: []loadgen.Traffic{clients}, Policies: []policy.Rule{p.rule}, Duration: time.Hour}
	model.Mesh.SetDefaults()
	plan, err := sim.Compile(model)
	if err != nil {
		t.Fatal(err)
	}
	run, log := plan.New(p.seed), &policy.Log{}
	run.Rehearse(p, log)
	if _, err := run.Go(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	return log.Text()
}

// arrivals are those of the calls of a play.
type arrivals []part

func (a arrivals) New(loadgen.Profile, chance.Stream) loadgen.Pacer { left := coming(a); return &left }

type coming []part

func (c *coming) Next() mesh.Time {
	if len(*c) == 0 {
		return mesh.Never
	}
	next := (*c)[0].at
	*c = (*c)[1:]
	return next
}

// user is a header that differs from call to call.
var user = func() chance.Text {
	text, err := chance.ParseText("uniform(1000000)")
	if err != nil {
		panic(err)
	}
	return text
}()

// live plays in a bubble: the proxy of package proxy, with its goroutines,
// timers and connections, before servers that do what the script says. The
// bubble ends only when every goroutine has.
func (p *play) live(t *testing.T) string {
	log, dials := &policy.Log{}, 0
	synctest.Test(t, func(t *testing.T) {
		plan := policy.Resolve([]policy.Rule{p.rule}, "clients", "s")
		endpoints := make([]policy.Endpoint, p.hosts)
		for i := range endpoints {
			endpoints[i].Address = fmt.Sprint("s-", i)
			if len(p.weights) > 0 {
				endpoints[i].Weight = uint32(p.weights[i%len(p.weights)])
			}
		}
		up := policy.NewUpstream(&plan, endpoints, chance.New(p.seed, 0, "clients-0/up:s", "policy"))
		stage := &stage{play: p, checks: map[int]int{}}
		live := proxy.New(up, stage.dial, log)
		if p.rule.HealthCheck != nil {
			live.Start()
		}
		var calls sync.WaitGroup
		for i := range p.calls {
			calls.Go(func() { p.call(t, live, uint64(i+1)) })
		}
		calls.Wait()
		live.Close()
		stage.servers.Wait()
		dials = stage.dials
	})
	if connects := strings.Count(log.Text(), " opens to host "); dials != connects {
		t.Errorf("%d connections were opened, and the policy said so %d times", dials, connects)
	}
	return log.Text()
}

// call waits for its moment, calls, and compares what it gets with the log.
func (p *play) call(t *testing.T, live *proxy.Proxy, number uint64) {
	me := p.calls[number-1]
	time.Sleep(time.Duration(me.at))
	ctx, cancel := context.WithCancel(context.WithValue(context.Background(), caller{}, number))
	defer cancel()
	if me.patience > 0 {
		defer time.AfterFunc(me.patience, cancel).Stop()
	}
	r, err := http.NewRequestWithContext(ctx, "GET", "http://s/", http.NoBody)
	if err != nil {
		t.Error(err)
		return
	}
	key := chance.Mix(chance.Key(p.seed, 0, "traffic.clients", "requests"), number)
	dice := chance.Keyed(chance.Mix(key, chance.Name("x-user")))
	r.Header.Set("X-User", strconv.FormatUint(user.Draw(&dice), 10))
	r.Header.Set("X-Number", strconv.FormatUint(number, 10))
	r.RemoteAddr = "clients-0:1"
	response, outcome, err := live.Do(r)
	switch {
	case err != nil:
		t.Error(err)
	case response != nil && ((response.StatusCode < 400) != (outcome == mesh.OK) || response.Header.Get("X-Number") != fmt.Sprint(number)):
		t.Errorf("call %d ends in %v and gets %s for call %s", number, outcome, response.Status, response.Header.Get("X-Number"))
	case response == nil && outcome == mesh.OK:
		t.Errorf("call %d is ok and gets nothing", number)
	}
}

type caller struct{}

// stage is the hosts of a live play.
type stage struct {
	*play
	servers sync.WaitGroup
	mu      sync.Mutex
	dials   int         // for calls
	checks  map[int]int // health checks that each host has met
}

// checked is what the next health check of a host meets.
func (s *stage) checked(host int, met bool) fate {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.check(host, s.checks[host]+1)
	if met || f.how == "refused" {
		s.checks[host]++
	}
	return f
}

// dial opens a connection in memory, or does to it what the attempt shall meet.
func (s *stage) dial(ctx context.Context, host int) (net.Conn, error) {
	stay, fails := s.dialled(ctx, host)
	select {
	case <-time.After(stay): // the bubble's time
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if fails {
		return nil, errors.New("refused")
	}
	ours, theirs := net.Pipe()
	s.servers.Go(func() { s.serve(ours, host) })
	return theirs, nil
}

// dialled is what comes of a connection: that of calls, or of a health check.
func (s *stage) dialled(ctx context.Context, host int) (time.Duration, bool) {
	n := proxy.DialOf(ctx)
	if n == 0 {
		f := s.checked(host, false)
		if f.how != "refused" {
			return 0, false
		}
		return f.after, true
	}
	s.mu.Lock()
	s.dials++
	s.mu.Unlock()
	return s.Dial(uint64(n))
}

// serve answers one request after the other.
func (s *stage) serve(c net.Conn, host int) {
	defer c.Close()
	in := bufio.NewReader(c)
	for {
		r, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		number, _ := strconv.ParseUint(r.Header.Get("X-Number"), 10, 64)
		attempt, _ := strconv.Atoi(r.Header.Get("X-Envoy-Attempt-Count"))
		f := fate{}
		if attempt == 0 {
			f = s.checked(host, true)
		} else {
			f = s.fate(number, attempt)
		}
		if !f.happens(c, in, number) {
			return
		}
	}
}

// happens lets it come, and says whether the connection outlives it.
func (f fate) happens(c net.Conn, in io.Reader, number uint64) bool {
	if f.how == "never" {
		io.Copy(io.Discard, in) // until the other side closes
		return false
	}
	time.Sleep(f.after) // the bubble's time
	status, err := strconv.Atoi(f.how)
	switch {
	case f.how == "cut":
		fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nX-Number: %d\r\nContent-Length: 1000\r\n\r\nhalf of it", number)
	case err == nil:
		headers := ""
		for name, value := range f.headers {
			headers += name + ": " + value + "\r\n"
		}
		_, err = fmt.Fprintf(c, "HTTP/1.1 %d %s\r\n%sX-Number: %d\r\nContent-Length: 2\r\n\r\nhi", status, http.StatusText(status), headers, number)
	}
	return err == nil
}
