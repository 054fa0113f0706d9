package sim

import (
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

// tree is clients -> web -> db, where the clients wait for 20 ms and web asks db
// after so long.
func tree(t *testing.T, protocol, after string) Model {
	m := modelOf(100, "web", serviceOf("web", 0, waits(t, after), ask("db")), serviceOf("db", 0, waits(t, "30ms")))
	m.Services[0].Protocol, m.Services[1].Protocol = protocol, protocol
	m.Policies = []policy.Rule{{To: "web", Timeout: span(20 * time.Millisecond)}}
	m.Duration = 10 * time.Second
	return m
}

// TestDeadlinesTravel down the tree of calls: over gRPC a call ends with its
// caller's, and is not made when that has passed. Over HTTP nobody tells.
func TestDeadlinesTravel(t *testing.T) {
	yes := true
	for _, c := range []struct {
		protocol, after string
		told            *bool
		attempts        bool
		cut             bool // before db has answered
	}{
		{"grpc", "5ms", nil, true, true},
		{"grpc", "25ms", nil, false, false},
		{"http2", "5ms", nil, true, false},
		{"http2", "25ms", nil, true, false},
		{"http2", "5ms", &yes, true, true},
		{"http2", "25ms", &yes, false, false},
	} {
		m := tree(t, c.protocol, c.after)
		m.Policies = append(m.Policies, policy.Rule{Timeouts: policy.Timeouts{DeadlinePropagation: c.told}})
		tally := run(t, m, 1)
		edge := &tally.Edges[0]
		if from, _ := tally.Edge(0); from != "web" {
			edge = &tally.Edges[1]
		}
		if edge.Requests == 0 || (edge.Attempts > 0) != c.attempts || tally.Classes[0].Outcomes[mesh.Timeout] == 0 {
			t.Errorf("%s, %s: %d requests, %d attempts, outcomes %v", c.protocol, c.after, edge.Requests, edge.Attempts, tally.Classes[0].Outcomes)
		}
		if timeouts := edge.Flags[1]; (timeouts > 0) != c.cut { // policy.UpstreamRequestTimeout
			t.Errorf("%s, %s: flags %v", c.protocol, c.after, edge.Flags)
		}
	}
}

// TestErrorsLookAsTheyAreToldTo: the status of an endpoint's errors, and of a
// fault's, is what retry_on sees.
func TestErrorsLookAsTheyAreToldTo(t *testing.T) {
	for on, want := range map[string]bool{"retriable-4xx": true, "5xx": false} {
		m := modelOf(100, "web", serviceOf("web", 0, waits(t, "1ms")))
		m.Services[0].Endpoints[0].Errors = mesh.Errors{Ratio: .5, ErrorAnswer: mesh.ErrorAnswer{Status: 409}}
		m.Policies = []policy.Rule{{To: "web", Retry: noPause(1, on)}}
		m.Duration = 10 * time.Second
		tally := run(t, m, 1)
		if got := tally.Edges[0].Retries > 0; got != want || tally.Classes[0].Outcomes[mesh.Error] == 0 {
			t.Errorf("%s: %d retries, outcomes %v", on, tally.Edges[0].Retries, tally.Classes[0].Outcomes)
		}
	}
}
