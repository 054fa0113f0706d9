package policy_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

// TestHealthConversations plays the files of testdata/health. Each block tells an
// upstream what happened; below the line ---- stands what it did. The verbs:
//
//	checker HOSTS [healthy]     a fresh one at 0s, whose hosts nothing is known of, or that
//	                            are presumed healthy; the lines that follow are its rule
//	start                       it is in use
//	traffic                     a request was sent
//	advance DURATION            time passes; it is woken when it asked to be
//	answer HOST STATUS [degraded] [immediate] [closed] [not_serving] [late]
//	                            what came of the host's last probe, and with which headers
//	fail HOST HOW               reset or connect_failure
//	condemn HOST                an answer to a request had x-envoy-immediate-health-check-fail
//	lost HOST                   the connections to a host broke
//	request HOST STATUS [xN]    requests to a host ended so
//	join HOST, leave HOST       what discovery found
//	in                          which hosts a balancer may choose from
//	picks N                     how often each host is picked
//	passed HOST                 when it last passed a check while it was out
//	stats                       what was counted
func TestHealthConversations(t *testing.T) {
	playAll(t, "health", func(t *testing.T) func(string) string { return (&nurse{t: t}).tell })
}

// nurse drives the health checks of one upstream and writes down what they do.
type nurse struct {
	t     *testing.T
	now   mesh.Time
	up    *policy.Upstream
	last  []policy.Probe
	marks []string
	heard strings.Builder
}

func (n *nurse) say(format string, args ...any) {
	fmt.Fprintf(&n.heard, "%v "+format+"\n", append([]any{n.now}, args...)...)
}

func (n *nurse) tell(told string) string {
	n.heard.Reset()
	lines := strings.Split(told, "\n")
	for i, line := range lines {
		words := strings.Fields(line)
		if len(words) == 0 || words[0] == "#" {
			continue
		}
		if words[0] == "checker" {
			n.begin(words[1:], strings.Join(lines[i+1:], "\n"))
			break
		}
		n.do(words)
		n.watch()
	}
	return strings.TrimRight(n.heard.String(), "\n")
}

func (n *nurse) begin(words []string, rule string) {
	hosts := n.number(words[0])
	n.now, n.up, n.last, n.marks = 0, upstream(n.t, hosts, rule), make([]policy.Probe, hosts), make([]string, hosts)
	for i := range n.marks {
		if n.marks[i] = "healthy"; slices.Contains(words, "healthy") {
			n.up.Presume(i)
		}
		if slices.Contains(words, "pending") {
			n.up.Uncertain(i)
		}
	}
	n.up.Start(0)
	n.watch()
}

func (n *nurse) do(words []string) {
	rest := words[1:]
	switch words[0] {
	case "traffic":
		n.up.Traffic()
	case "advance":
		n.advance(rest[0])
	case "answer":
		n.answer(rest)
	case "fail":
		n.up.Probed(n.now, n.last[n.number(rest[0])], policy.ProbeReply{Outcome: map[string]mesh.Outcome{"reset": mesh.Reset, "connect_failure": mesh.ConnectFailure}[rest[1]]})
	case "condemn":
		n.up.Condemned(n.now, n.number(rest[0]))
	case "lost":
		n.up.Lost(n.now, n.number(rest[0]))
	case "join":
		n.up.Joined(n.now, n.number(rest[0]))
	case "leave":
		n.up.Left(n.now, n.number(rest[0]))
	default:
		n.ask(words[0], rest)
	}
}

// ask does what only reads.
func (n *nurse) ask(verb string, rest []string) {
	switch verb {
	case "in":
		n.say("in %v of %d", n.up.Chosen(n.now), n.up.Members())
	case "picks":
		n.say("picks %v", n.up.Picks(n.now, n.number(rest[0])))
	case "passed":
		n.say("host %s passed at %v", rest[0], n.up.Passed(n.number(rest[0])))
	case "request":
		n.requests(rest)
	case "stats":
		c := n.up.HealthCounts()
		n.say("attempts %d, successes %d, failures %d (network %d, passive %d); out %d, in %d; ejections %d", c.Attempts, c.Successes, c.Failures,
			c.NetworkFailures, c.PassiveFailures, c.Unhealthy, c.Healthy, n.up.Ejections())
	default:
		n.t.Fatalf("what is %q?", verb)
	}
}

func (n *nurse) requests(rest []string) {
	times := 1
	if len(rest) > 2 {
		times = n.number(strings.TrimPrefix(rest[2], "x"))
	}
	o := mesh.OK
	if rest[1] == "500" {
		o = mesh.Error
	}
	for range times {
		n.up.Observe(n.now, n.number(rest[0]), o)
	}
}

func (n *nurse) answer(rest []string) {
	r := policy.ProbeReply{Status: n.number(rest[1]), Degraded: slices.Contains(rest, "degraded"), Immediate: slices.Contains(rest, "immediate"),
		Closed: slices.Contains(rest, "closed"), NotServing: slices.Contains(rest, "not_serving")}
	p := n.last[n.number(rest[0])]
	if slices.Contains(rest, "late") {
		p.Number--
	}
	n.up.Probed(n.now, p, r)
}

func (n *nurse) advance(text string) {
	d, err := time.ParseDuration(text)
	if err != nil {
		n.t.Fatal(err)
	}
	end := n.now.Add(d)
	for at := n.up.WakeAt(); at <= end; at = n.up.WakeAt() {
		n.now = at
		n.up.Wake(at)
		n.watch()
	}
	n.now = end
}

// watch writes down the probes and what has become of the hosts.
func (n *nurse) watch() {
	for i, h := range n.up.Hosts() {
		mark := h.Health.String()
		if h.Ejected {
			mark += " ejected"
		}
		if mark != n.marks[i] {
			n.say("host %d is %s", i, mark)
			n.marks[i] = mark
		}
	}
	for c, ok := n.up.NextClosing(); ok; c, ok = n.up.NextClosing() {
		n.say("closes %d%s", c.Host, map[bool]string{true: " at once"}[c.AtOnce])
	}
	for p, ok := n.up.NextProbe(); ok; p, ok = n.up.NextProbe() {
		n.last[p.Host] = p
		n.say("asks %d%s", p.Host, map[bool]string{true: " anew"}[p.Fresh])
	}
}

func (n *nurse) number(text string) int {
	i, err := strconv.Atoi(text)
	if err != nil {
		n.t.Fatal(err)
	}
	return i
}
