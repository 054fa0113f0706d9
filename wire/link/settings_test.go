package link_test

import (
	"strings"
	"testing"

	"github.com/meshdyno/meshdyno/internal/strict"
	"github.com/meshdyno/meshdyno/wire/link"
)

// TestKnobsAreRead: settings say in YAML what they are, and wrong ones where.
func TestKnobsAreRead(t *testing.T) {
	var s link.Settings
	const text = `
latency: normal(5ms, 1ms)
bandwidth: 1Gbps
framing: 38B
mtu: 1500B
queue: {kind: fq_codel, target: 10ms, flows: 64}
loss: {kind: gilbert_elliott, to_bad: 1%, to_good: 30%}
duplicate: 0.1%
reorder: 1%
reorder_for: 1ms
`
	if _, err := strict.Decode("link.yaml", []byte(text), &s); err != nil {
		t.Fatal(err)
	}
	q, l := s.Queue.Settings.(*link.FqCodel), s.Loss.Settings.(*link.GilbertElliott)
	if q.Target != 10e6 || q.Flows != 64 || q.Limit != 10240 || l.LossBad != 1 || l.ToGood != 0.3 {
		t.Errorf("%+v, %+v", q, l)
	}
	for text, want := range map[string]string{
		"queue: {kind: codell}":                                    "did you mean codel?",
		"queue: {kind: red, min_threshold: 20}":                    "max_threshold is not above min_threshold",
		"loss: {kind: bernoulli}":                                  "rate",
		"loss: {kind: bernoulli, rate: 120%}":                      "rate",
		"queue: {kind: drop_tail, limit: -1}":                      "limit",
		"bandwidth: 0bps":                                          "leave it out",
		"mtu: 20B":                                                 "mtu",
		"loss: {kind: gilbert_elliott, to_bad: 0%, to_good: 150%}": "to_good",
	} {
		var s link.Settings
		if _, err := strict.Decode("link.yaml", []byte(text), &s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
