package scenarios

import (
	"slices"
	"testing"
)

func TestHashingWarnings(t *testing.T) {
	const without = "policies.0.load_balancer: maglev without hash_policy keeps nothing together: every request goes to any host"
	for policy, want := range map[string][]string{
		"maglev":           {without},
		"round_robin":      nil,
		"source_hash":      nil,
		"{policy: maglev}": {without},
		"{policy: ring_hash, hash_policy: [{source_ip: true}]}":  nil,
		"{policy: ring_hash, hash_policy: [{header: X-USER}]}":   nil,
		"{policy: source_hash, hash_policy: [{header: x-user}]}": nil,
		"{policy: ring_hash, hash_policy: [{source_ip: true}, {header: x-usr}]}": {
			"policies.0.load_balancer.hash_policy.1.header: no traffic class sends the header x-usr; did you mean x-user?"},
		"{policy: maglev, hash_policy: []}, hash_policy: [{header: x-usr}]": {
			"policies.0.hash_policy.0.header: no traffic class sends the header x-usr; did you mean x-user?"},
		"random, hash_policy: [{source_ip: true}]": {"policies.0.hash_policy: never used: no load_balancer for any service keeps requests together"},
		"{policy: maglev, hash_policy: [{header: other}]}": {
			"policies.0.load_balancer.hash_policy.0.header: no traffic class sends the header other"},
		"{policy: ring_hash, hash_policy: [{source_ip: true}], minimum_ring_size: 5000, hash_function: murmur_hash_2, consistent_hashing_lb_config: {hash_balance_factor: 120}}, dialect: grpc": {
			"policies.0.load_balancer.consistent_hashing_lb_config: never used: gRPC knows no such thing",
			"policies.0.load_balancer.hash_function: never used: gRPC hashes hosts by xx_hash",
			"policies.0.load_balancer.minimum_ring_size: gRPC's rings have 4096 points at most"},
	} {
		s := load(t, "{services: {web: {}}, traffic: {users: {to: web, rate: 1/s, headers: {X-User: uniform(9)}}}, policies: [{load_balancer: "+policy+"}]}")
		if !slices.Equal(s.Warnings, want) {
			t.Errorf("%s warns\n  %q, want\n  %q", policy, s.Warnings, want)
		}
	}
}
