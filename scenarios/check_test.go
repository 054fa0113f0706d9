package scenarios

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Around what a test is about: two services, one class.
const (
	pair  = "services: {web: {endpoints: {/buy: {steps: [{call: db}]}, /look: {}}}, db: {replicas: 2}}\n"
	users = "traffic: {users: {to: web, rate: 1/s}}\n"
)

// refused are scenarios that must not run, and the errors they must give.
var refused = []struct{ name, text, want string }{
	{"empty file", "", "1:1: no scenario in this file; the least there can be is, for example: " + least},
	{"null", "~", "1:1: no scenario in this file; the least there can be is, for example: " + least},
	{"a list", "- web\n- db\n", "1:1: the file must be a mapping with the keys scenario, about, duration, warmup, seed, topology, services, network, ... (got a list)"},
	{"a word", "hello", `1:1: the file must be a mapping with the keys scenario, about, duration, warmup, seed, topology, services, network, ... (got "hello")`},
	{"services that are none", "services: 5\n" + users + "policies: [{from: web, to: web, timeout: 1s}]", `1:11: services must be a mapping from names to their settings (got "5")`},
	{"a key doubled", pair + users + "seed: 1\nseed: 2", `4:1: key "seed" is here twice; the first is in line 3, column 1`},
	{"comments only", "# nothing yet\n", "1:1: no scenario in this file; the least there can be is, for example: " + least},
	{"no services", users, "1:1: services is missing here (or topology): who there is and what they do"},
	{"no traffic", pair, "1:1: traffic is missing here (requests from outside, by class)"},
	{"empty services", "services: {}\ntraffic: {users: {to: web, rate: 1/s}}", "1:1: services is empty; a scenario needs at least one"},
	{"empty traffic", pair + "traffic: {}", "2:1: traffic is empty; a scenario needs at least one class, such as users: {to: web, rate: 100/s}"},
	{"unknown section", pair + users + "trafic: 1", `3:1: unknown key "trafic"; did you mean traffic?`},

	{"undefined service in a call", "services: {web: {endpoints: {/: {steps: [{call: bd}]}}}, db: {}}\n" + users, `1:49: unknown service "bd"; did you mean db?`},
	{"undefined service in a nested call", "services:\n  web:\n    endpoints:\n      /:\n        steps:\n          - parallel:\n              - choose: [{chance: 10%, steps: [{repeat: {times: 2, steps: [{call: {to: nobody}}]}}]}]\n" + users, `7:88: unknown service "nobody" (have web)`},
	{"undefined endpoint", "services: {web: {endpoints: {/: {steps: [{call: db/chrge}]}}}, db: {endpoints: {/charge: {}}}}\n" + users, `1:49: unknown endpoint of db "/chrge"; did you mean /charge?`},
	{"undefined service in traffic", pair + "traffic: {users: {to: wbe, rate: 1/s}}", `2:23: unknown service "wbe"; did you mean web?`},
	{"undefined endpoint in traffic", pair + "traffic: {users: {to: web/byu, rate: 1/s}}", `2:23: unknown endpoint of web "/byu"; did you mean /buy?`},
	{"undefined service in a policy", pair + users + "policies: [{to: bd, from: wbe}]", "3:17: unknown service \"bd\"; did you mean db?\n3:27: unknown service or traffic class \"wbe\"; did you mean web?"},
	{"undefined service in a fault", pair + users + "faults: [{at: 1s, slow: {service: bd, by: 1ms}}]", `3:35: unknown service "bd"; did you mean db?`},
	{"endpoint without a slash", "services: {web: {endpoints: {buy: {}}}}\n" + users, `1:30: "buy" is not allowed here (allowed a path that begins with /)`},

	{"a call to itself", "services: {web: {endpoints: {/: {steps: [{call: web}]}}}}\n" + users, "1:30: these calls never end: web -> web; give one of them a chance below 100%"},
	{"a certain cycle", "services: {web: {endpoints: {/: {steps: [{call: db}]}}}, db: {endpoints: {/: {steps: [{call: web}]}}}}\n" + users, "1:30: these calls never end: web -> db -> web; give one of them a chance below 100%"},
	{"a cycle through endpoints", "services:\n  web: {endpoints: {/a: {steps: [{call: db}]}, /b: {steps: [{call: web/a}]}}}\n  db: {endpoints: {/: {steps: [{call: web/b}]}}}\n" + users, "2:21: these calls never end: web/a -> db -> web/b -> web/a; give one of them a chance below 100%"},
	{"a cycle that grows by repetition", "services: {web: {endpoints: {/: {steps: [{repeat: {times: 3, steps: [{call: {to: web, chance: 50%}}]}}]}}}}\n" + users, "1:30: load would grow without bound: one request leads to 1.5 more of its kind (spectral radius, allowed below 1): web -> web"},
	{"a cycle that just lives on", "services: {web: {endpoints: {/: {steps: [{call: {to: web, chance: 50%}}, {call: {to: web, chance: 50%}}]}}}}\n" + users, "1:30: load would grow without bound: one request leads to 1 more of its kind (spectral radius, allowed below 1): web -> web"},
	{"chances above 1", "services: {web: {endpoints: {/: {steps: [{choose: [{chance: 60%, steps: []}, {chance: 50%, steps: []}]}]}}}}\n" + users, "1:43: the chances of the branches add up to 1.1 (allowed 1 at most)"},
	{"chances of 0", "services: {web: {endpoints: {/: {steps: [{choose: [{chance: 0%, steps: []}]}]}}}}\n" + users, "1:43: the chances of the branches are all 0, so nothing is ever chosen"},
	{"chance above 1", "services: {web: {endpoints: {/: {steps: [{call: {to: web, chance: 101%}}]}}}}\n" + users, `1:67: chance must be at most 1 (got "101%")`},
	{"a step of two kinds", "services: {web: {endpoints: {/: {steps: [{work: 1ms, wait: 1ms}]}}}}\n" + users, "1:42: a step is exactly one of work, wait, call, parallel, steps, choose, repeat (got 2 of them)"},
	{"an empty step", "services: {web: {endpoints: {/: {steps: [{}]}}}}\n" + users, "1:42: a step is exactly one of work, wait, call, parallel, steps, choose, repeat"},

	{"no replicas", "services: {web: {replicas: 0}}\n" + users, `1:28: replicas must be at least 1 (got "0")`},
	{"too many replicas", "services: {web: {replicas: 900000}, db: {replicas: 900000}}\n" + users, "1:1: 1800000 replicas in all (allowed 1000000)"},
	{"no workers", "services: {web: {concurrency: 0}}\n" + users, `1:31: concurrency must be at least 1 (got "0")`},
	{"no bandwidth", pair + users + "network: {same_zone: {bandwidth: 0bps}}", "3:34: bandwidth: "},
	{"everything lost", pair + users + "network: {same_zone: {loss: 100%}}", "3:29: loss must be below 100%, or no message ever arrives"},
	{"doubled zone", "services: {web: {zones: [a, b, a]}}\n" + users, `1:32: zone "a" is here twice; replicas are spread over the zones evenly`},
	{"two services of one name", "services: {web: {}, web: {}}\n" + users, `1:21: key "web" is here twice; the first is in line 1, column 12`},
	{"two services that differ by case", "services: {web: {}, Web: {}}\n" + users, `1:21: "Web" is not allowed here (allowed a to z, 0 to 9, - and _ inside, 63 characters at most)`},

	{"a queue that waits for no time", "services: {web: {concurrency: 1, queue: {timeout: 0s}}}\n" + users, "1:51: timeout must be above 0s; leave it out to wait for ever"},
	{"codel without a target", "services: {web: {concurrency: 1, queue: {order: codel, target: 0s, interval: 0ms}}}\n" + users, "1:64: target must be above 0s\n1:78: interval must be above 0s"},
	{"neither rate nor users", pair + "traffic: {users: {to: web}}", "2:18: needs a rate (rate: 400/s), or users for a closed loop"},
	{"rate and users", pair + "traffic: {users: {to: web, rate: 1/s, users: 3}}", "2:18: users make a closed loop, whose rate follows from the answers; leave out rate and arrivals, or users"},
	{"think without users", pair + "traffic: {users: {to: web, rate: 1/s, think: 1s}}", "2:18: think is for a closed loop; it needs users"},
	{"rate of 0", pair + "traffic: {users: {to: web, rate: 0/s}}", "2:34: the rate is 0 throughout, so no request ever comes"},
	{"rate without a unit", pair + "traffic: {users: {to: web, rate: 400}}", "2:34: rate: "},
	{"rate nan", pair + "traffic: {users: {to: web, rate: .nan}}", "2:34: rate: "},
	{"rate inf", pair + "traffic: {users: {to: web, rate: .inf}}", "2:34: rate: "},
	{"rate 1e400", pair + "traffic: {users: {to: web, rate: 1e400/s}}", "2:34: rate: "},
	{"negative rate", pair + "traffic: {users: {to: web, rate: -1/s}}", "2:34: rate: "},
	{"a phase of no time", pair + "traffic: {users: {to: web, rate: [{for: 0s, rate: 1/s}]}}", "2:41: for must be above 0s; leave it out for a rate that holds to the end"},
	{"a profile without phases", pair + "traffic: {users: {to: web, rate: []}}", "2:18: needs a rate (rate: 400/s), or users for a closed loop"},
	{"more users than there may be", pair + "traffic: {users: {to: web, users: 10000001}}", `2:35: users must be at most 10000000 (got "10000001")`},
	{"a method of two words", pair + "traffic: {users: {to: web, rate: 1/s, method: 'GET /'}}", "2:18: method \"GET /\" is none: letters, digits and -_.!#$%&'*+^`|~, such as GET"},
	{"a header name that smuggles a line", pair + "traffic: {users: {to: web, rate: 1/s, headers: {\"x\\r\\ny\": z}}}", "2:18: header name \"x\\r\\ny\" is none: letters, digits and -_.!#$%&'*+^`|~, such as x-user"},
	{"headers that differ by case", pair + "traffic: {users: {to: web, rate: 1/s, headers: {Key: a, key: b}}}", "2:18: the headers Key and key are one: names differ by more than case"},
	{"unknown arrivals", pair + "traffic: {users: {to: web, rate: 1/s, arrivals: possion}}", `2:49: unknown arrivals "possion": did you mean poisson? (have poisson, constant, mmpp, renewal, trace, vegeta_constant, vegeta_sine, vegeta_linear)`},

	{"no duration", pair + users + "duration: 0s", "3:11: duration must be above 0s: it is the time that is measured"},
	{"negative duration", pair + users + "duration: -5ms", "3:11: duration: "},
	{"duration without a unit", pair + users + "duration: 5", "3:11: duration: "},
	{"duration with a word", pair + users + "duration: 5 msec", "3:11: duration: "},
	{"duration with a space", pair + users + "duration: 5 s", "3:11: duration: "},
	{"a distribution without a mean", "services: {web: {endpoints: {/: {steps: [{work: 'pareto(min=1ms, alpha=1)'}]}}}}\n" + users, "1:66: work: "},
	{"a call cut short by braces", "services: {web: {endpoints: {/: {steps: [{work: lognormal(5ms, p99=40ms}]}}}}\n" + users, "1:62: work: "},
	{"a horizon beyond the clock", pair + users + "duration: 700000h\nwarmup: 700000h", "3:11: duration and warm-up together are longer than 146 years"},
	{"warm-up of a word", pair + users + "warmup: atuo", "3:9: warmup: "},

	{"no timeout", pair + users + "policies: [{timeout: 0s}]", "3:22: timeout must be above 0s; leave it out to wait for ever"},
	{"unknown balancer", pair + users + "policies: [{load_balancer: rnadom}]", `3:28: unknown balancer "rnadom": did you mean random? (have `},
	{"a longest pause below the first", pair + users + "policies: [{retry: {retry_on: [5xx], back_off: {base_interval: 1s, max_interval: 1ms}}}]", "3:82: max_interval is the longest pause, and base_interval is longer: 1s"},
	{"settings of a balancer that has none", pair + users + "policies: [{load_balancer: {policy: random, choices: 2}}]", `3:45: unknown key "choices": there is nothing to set here`},
	{"retry_on nothing known", pair + users + "policies: [{retry: {retry_on: [6xx]}}]", `3:32: an entry of retry_on must be one of 5xx, gateway-error, reset, reset-before-request, connect-failure, envoy-ratelimited, retriable-4xx, refused-stream, retriable-status-codes, retriable-headers, cancelled, deadline-exceeded, internal, resource-exhausted, unavailable (got "6xx"); did you mean 5xx?`},
	{"retry_on as text", pair + users + `policies: [{retry: {retry_on: "5xx,reset"}}]`, `3:31: retry_on must be a list (got "5xx,reset"); write [5xx,reset]`},
	{"negative retries", pair + users + "policies: [{retry: {retry_on: [5xx], num_retries: -1}}]", `3:51: num_retries must be at least 0 (got "-1")`},

	{"a fault without a time", pair + users + "faults: [{slow: {service: db, by: 1ms}}]", "3:10: at is missing here (when it begins, counted from the end of the warm-up)"},
	{"a fault that lasts no time", pair + users + "faults: [{at: 1s, for: 0s, slow: {service: db, by: 1ms}}]", "3:24: for must be above 0s; leave it out for a fault that lasts to the end"},
	{"restart of what did not crash", pair + users + "faults: [{at: 1s, restart: 1s, slow: {service: db, by: 1ms}}]", "3:28: restart is for crash; the fault slow ends by itself (for)"},
	{"more crashes than replicas", pair + users + "faults: [{at: 1s, crash: {service: db, replicas: 3}}]", "3:50: db has only 2 of the 3 replicas that it strikes"},
	{"more slow replicas than there are", pair + users + "faults: [{at: 1s, slow: {service: db, by: 1ms, replicas: 3}}]", "3:58: db has only 2 of the 3 replicas that it strikes"},
	{"more failing replicas than there are", pair + users + "faults: [{at: 1s, errors: {service: db, replicas: 3}}]", "3:51: db has only 2 of the 3 replicas that it strikes"},

	{"a metric that is not there", pair + users + "expect: [p98(users) < 1ms]", "3:10: an entry of expect: unknown metric \"p98\": did you mean p90? (have success_rate, goodput, offered, requests, succeeded, failed, outcome, mean, stddev, min, p50, p90, p95, p99, p99.9, p99.99, max, recovery, utilization, queue_mean, queue_max, in_system_mean, attempts, retries, ejections, probes, unhealthy, overflows)"},
	{"a metric of nobody", pair + users + "expect: [p99(usres) < 1ms]", `3:10: unknown service or traffic class "usres"; did you mean users?`},
	{"a metric of an edge that is not there", pair + users + "expect: [retries(db -> web) < 1]", "3:10: db never calls web (its calls go to none)"},
	{"a service's metric of a class", pair + users + "expect: [utilization(users) < 80%]", "3:10: users is a traffic class; utilization is of a service"},
	{"a class's metric of a service", pair + users + "expect: [goodput(web) > 1/s]", "3:10: web is a service; goodput is of a traffic class"},
	{"recovery from nothing", pair + users + "expect: [recovery(web) < 1s]", "3:10: recovery counts from the end of a fault, and there is none"},

	{"several at once", "services: {web: {replicas: 1.5, latancy: 1ms}}\ntraffic: {users: {to: wbe, rate: 4}}\nexpect: [p99(usres) < 1ms]", "1:28: replicas must be a whole number from 1 to 1000000 (got \"1.5\")\n1:33: unknown key \"latancy\" (allowed replicas, concurrency, queue, cpu, subsets, zones, zone_weights, weights, priorities, protocol, endpoints, load_report)\n2:23: unknown service \"wbe\"; did you mean web?\n2:34: "},

	{"topology by URL", "topology: https://example.com/x.yaml\n" + users, `1:11: "https://example.com/x.yaml" is a URL; nothing is fetched over the network`},
	{"unknown topology", "topology: chian(3)\n" + users, "1:11: unknown generator "},
	{"trace file without a folder", pair + "traffic: {users: {to: web, arrivals: {kind: trace, file: a.txt}}}", `2:28: "a.txt": this scenario is not in a folder, so it can name no files`},
}

func TestRefusedScenarios(t *testing.T) {
	for _, c := range refused {
		t.Run(c.name, func(t *testing.T) {
			s, err := Load("t.yaml", []byte(c.text), LoadOptions{})
			if err == nil {
				t.Fatalf("accepted: %+v\n%s", s, c.text)
			}
			for _, line := range strings.Split(err.Error(), "\n") {
				if !strings.HasPrefix(line, "t.yaml:") {
					t.Errorf("no place in %q", line)
				}
			}
			want := "t.yaml:" + strings.ReplaceAll(c.want, "\n", "\nt.yaml:")
			// A want that ends in a blank is the beginning of one: the rest is another package's.
			if got := err.Error(); strings.HasSuffix(c.want, " ") && !strings.HasPrefix(got, want) || !strings.HasSuffix(c.want, " ") && got != want {
				t.Errorf("%s\n got  %s\n want %s", c.text, got, want)
			}
		})
	}
}

func TestAllowedScenariosWithoutAWord(t *testing.T) {
	for name, text := range map[string]string{
		"a cycle that chance ends":  "services: {web: {endpoints: {/: {steps: [{call: {to: db, chance: 90%}}]}}}, db: {endpoints: {/: {steps: [{call: web}]}}}}\n" + users,
		"a cycle just below 1":      "services: {web: {endpoints: {/: {steps: [{repeat: {times: 2, steps: [{call: {to: web, chance: 49.9%}}]}}]}}}}\n" + users,
		"chances of exactly 1":      "services: {web: {endpoints: {/: {steps: [{choose: [" + strings.TrimSuffix(strings.Repeat("{chance: 10%, steps: []}, ", 10), ", ") + "]}]}}}}\n" + users,
		"names that look like more": "services: {on: {}, 1e3: {}, null-db: {}, \"null\": {}}\ntraffic: {users: {to: on, rate: 1/s}}",
		"a mark and CRLF":           "\ufeff" + strings.ReplaceAll(pair+users, "\n", "\r\n"),
		"an escape in about":        `about: "\u001b[31m"` + "\n" + pair + users,
		"an auto warm-up":           pair + users + "warmup: auto",
		"an anchor":                 "services: {web: &one {replicas: 3}, db: *one}\n" + users,
		"a timeout that is lifted":  pair + users + "policies: [{to: db, timeout: 0s}, {timeout: 1s}]",
		"an empty queue":            "services: {web: {concurrency: 1, queue: 0}}\n" + users,
	} {
		s, err := Load("t.yaml", []byte(text), LoadOptions{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if len(s.Warnings) > 0 {
			t.Errorf("%s warns: %q", name, s.Warnings)
		}
	}
}

func TestWarnings(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"a try as long as all", pair + users + "policies: [{timeout: 1s, retry: {retry_on: [5xx], per_try_timeout: 1s}}]",
			"policies.0.retry.per_try_timeout: never used: 1s is not below the timeout of 1s"},
		{"a timeout below the work", "services: {web: {endpoints: {/: {steps: [{work: 3ms}, {call: db}]}}}, db: {endpoints: {/: {steps: [{parallel: [{wait: 5ms}, {wait: 4ms}]}]}}}}\n" + users + "network: {same_zone: {latency: 1ms}}\npolicies: [{to: web, timeout: 11ms}]",
			"policies.0.timeout: every request will time out: from users to web takes 12ms at least, and the timeout is 11ms"},
		{"a timeout of just the work", "services: {web: {endpoints: {/: {steps: [{work: 3ms}]}}}}\n" + users + "policies: [{to: web, timeout: 3ms}]",
			"policies.0.timeout: every request will time out: from users to web takes 3ms at least, and the timeout is 3ms"},
		{"a timeout below the work and the sidecar", "services: {web: {endpoints: {/: {steps: [{work: 3ms}]}}}}\n" + users + "mesh: {proxies: sidecar}\npolicies: [{to: web, timeout: 3100us}]",
			"policies.0.timeout: every request will time out: from users to web takes 3.196ms at least, and the timeout is 3.1ms"},
		{"a rule for calls that no one makes", pair + users + "policies: [{from: db, to: web, timeout: 1s}]",
			"policies.0: never used: db never calls web (its calls go to none)"},
		{"codes that are not tried again", pair + users + "policies: [{retry: {retry_on: [5xx], retriable_status_codes: [404]}}]",
			"policies.0.retry.retriable_status_codes: never used: retry_on lacks retriable-status-codes"},
		{"a status of gRPC", "services: {web: {protocol: grpc}}\n" + users + "policies: [{to: web, retry: {retry_on: [5xx, reset]}}]",
			"policies.0.retry.retry_on: answers of web are never tried again: gRPC answers 200 however a call ends; unavailable and internal look at grpc-status"},
		{"a grpc-status of HTTP", pair + users + "policies: [{to: web, retry: {retry_on: [unavailable, cancelled]}}]",
			"policies.0.retry.retry_on: never used: web does not speak gRPC, so its answers have no grpc-status"},
		{"a budget of nothing", pair + users + "policies: [{retry: {retry_on: [5xx]}, circuit_breaker: {retry_budget: {budget_percent: 0%, min_retry_concurrency: 0}}}]",
			"policies.0.retry: never used: the circuit breaker allows 0 retries"},
		{"no retries allowed", pair + users + "policies: [{retry: {retry_on: [5xx]}, circuit_breaker: {max_retries: 0}}]",
			"policies.0.retry: never used: the circuit breaker allows 0 retries"},
		{"minutes for milliseconds", pair + users + "network: {same_zone: {latency: 5m}, cross_zone: {latency: 1ms}}",
			"network.same_zone.latency: 5m is more than a minute; m is minutes, ms is milliseconds"},
		{"a timeout of minutes", pair + users + "policies: [{timeout: 5m}]",
			"policies.0.timeout: 5m is more than a minute; m is minutes, ms is milliseconds"},
		{"a fault after the end", pair + users + "duration: 5s\nfaults: [{at: 5s, crash: {service: db}}]",
			"faults.0.at: begins at 5s, when the run of 5s is over: it never happens"},
		{"a queue that never fills", "services: {web: {queue: 5}}\n" + users,
			"services.web.queue: never used: without a concurrency every request is worked on at once"},
		{"an order for no queue", "services: {web: {queue: {order: lifo}}}\n" + users,
			"services.web.queue: never used: without a concurrency every request is worked on at once"},
		{"a target without codel", "services: {web: {concurrency: 1, queue: {target: 1ms}}}\n" + users,
			"services.web.queue.target: never used: it is for order: codel (got fifo)"},
		{"tls on nothing", pair + users + "mesh: {tls: mutual}",
			"mesh: never used: without proxies there is nothing to put tls or hop on"},
		{"one name for two", pair + "traffic: {web: {to: web, rate: 1/s}}",
			"traffic.web: a service has this name too; checks and policies that name it mean the traffic class"},
	} {
		s, err := Load("t.yaml", []byte(c.text), LoadOptions{})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		} else if len(s.Warnings) != 1 || s.Warnings[0] != c.want {
			t.Errorf("%s warns\n  %q, want\n  %q", c.name, s.Warnings, c.want)
		}
	}
}

// chainOf is n services in a row.
func chainOf(n int) string {
	var b strings.Builder
	b.WriteString("services:\n")
	for i := range n - 1 {
		fmt.Fprintf(&b, "  s%d: {endpoints: {/: {steps: [{call: s%d}]}}}\n", i, i+1)
	}
	fmt.Fprintf(&b, "  s%d: {}\ntraffic: {users: {to: s0, rate: 1/s}}\n", n-1)
	return b.String()
}

func TestCallsMayBe64Deep(t *testing.T) {
	load(t, chainOf(64))
	_, err := Load("t.yaml", []byte(chainOf(65)), LoadOptions{})
	if want := "t.yaml:2:20: calls are 65 deep (allowed 64): s0 -> s1 -> "; err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("error = %v, want %s...", err, want)
	}
}

func TestSets(t *testing.T) {
	s := load(t, pair+users+"policies: [{to: db, retry: {retry_on: [5xx]}}]",
		"policies.0.retry.num_retries=3", "services.web.replicas=5", "traffic.users.rate=500/s", "services.web.queue=256",
		"services.web.queue.timeout=1s", "services.web.concurrency=8", "seed=7", "warmup=auto", "duration=10s",
		"services.web.endpoints./buy.steps.0.call.chance=50%", "policies.1={to: web, timeout: 1s}")
	web := s.Services[0]
	switch {
	case s.Policies[0].Retry.NumRetries != 3, s.Policies[1].To != "web":
		t.Errorf("policies = %+v", s.Policies)
	case web.Replicas != 5, web.Queue.Limit != 256, web.Queue.Timeout.String() != "1s", web.Endpoints[0].Steps[0].Call.Chance != 0.5, web.Endpoints[0].Steps[0].Call.To != "db":
		t.Errorf("web = %+v", web)
	case s.Traffic[0].Rate[0].Rate.To != 500, s.Seed != 7, !s.Warmup.Auto:
		t.Errorf("scenario = %+v", s)
	}
	again, err := Load("again.yaml", s.Source, LoadOptions{})
	if err != nil || again.Policies[0].Retry.NumRetries != 3 || again.Services[0].Endpoints[0].Steps[0].Call.Chance != 0.5 {
		t.Errorf("the source with its sets reads as %+v, %v\n%s", again, err, s.Source)
	}
}

func TestSetsThatAreWrong(t *testing.T) {
	for set, want := range map[string]string{
		"services.wbe.replicas=5":  `--set services.wbe.replicas: unknown name "wbe"; did you mean web?`,
		"services.web.replcias=5":  `--set services.web.replcias: unknown key "replcias"; did you mean replicas?`,
		"services.web.replicas=no": `--set services.web.replicas: replicas must be a whole number from 1 to 1000000 (got "no")`,
		"traffic.users.to=bd":      `--set traffic.users.to: unknown service "bd"; did you mean db?`,
		"policies.3.timeout=1s":    `--set policies.3.timeout: policies has 0 entries, counted from 0 (got index 3)`,
	} {
		if _, err := Load("t.yaml", []byte(pair+users), LoadOptions{Set: []string{set}}); err == nil || err.Error() != want {
			t.Errorf("--set %s:\n got  %v\n want %s", set, err, want)
		}
	}
}

func TestTopologies(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	write("graph.yaml", pair)
	write("bad.yaml", "services: {web: {replcias: 3}}")
	if err := os.Symlink("/etc/hostname", filepath.Join(dir, "link.yaml")); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	file := write("s.yaml", "topology: graph.yaml\nservices: {db: {replicas: 4}, cache: {}}\n"+users)
	s, err := Open(file, LoadOptions{Set: []string{"services.web.replicas=9", "services.web.endpoints./buy.errors=1%"}})
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Services) != 3 || s.Services[0].Replicas != 9 || s.Services[1].Replicas != 4 || s.Services[2].Name != "cache" {
		t.Errorf("services = %+v", s.Services)
	}
	if buy := s.Services[0].Endpoints[0]; buy.Path != "/buy" || buy.Errors.Ratio != 0.01 || len(buy.Steps) != 1 {
		t.Errorf("an overlaid endpoint keeps what is not written anew: %+v", buy)
	}
	for topology, want := range map[string]string{
		"bad.yaml":          `bad.yaml:1:18: unknown key "replcias"; did you mean replicas?`,
		"../s.yaml":         "leads out of the scenario's folder",
		"/etc/hostname":     "leads out of the scenario's folder",
		"link.yaml":         "leads out of the scenario's folder",
		"missing.yaml":      "no such file or directory",
		"https://x.y/z":     "nothing is fetched over the network",
		"no-such-topology-": "unknown topology",
	} {
		file := write("s.yaml", "topology: "+topology+"\n"+users)
		if _, err := Open(file, LoadOptions{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("topology %s: error %v, want %q", topology, err, want)
		} else if strings.Contains(err.Error(), "unknown service") {
			t.Errorf("topology %s: what follows from its error is complained of too: %v", topology, err)
		}
	}
}

func TestFilesOfDistributions(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"times.csv": "1ms\n3ms\n", "bad.csv": "1ms\nx\n",
		"good.yaml": "services: {web: {endpoints: {/: {steps: [{work: empirical(times.csv)}]}}}}\n" + users,
		"bad.yaml":  "services: {web: {endpoints: {/: {steps: [{work: empirical(bad.csv)}]}}}}\n" + users,
		"out.yaml":  "services: {web: {endpoints: {/: {steps: [{work: empirical(../times.csv)}]}}}}\n" + users,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s, err := Open(filepath.Join(dir, "good.yaml"), LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if mean := s.Services[0].Endpoints[0].Steps[0].Work.Mean(); mean != 2e6 {
		t.Errorf("mean = %v ns, want 2 ms", mean)
	}
	for name, want := range map[string]string{"bad.yaml": "bad.csv:2", "out.yaml": "leads out"} {
		if _, err := Open(filepath.Join(dir, name), LoadOptions{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", name, err, want)
		}
	}
}

func TestOpenOfWhatIsNotThere(t *testing.T) {
	for name, want := range map[string]string{
		"chain-3":           "chain-3 is a topology, not a scenario: one that says `topology: chain-3` and has traffic can be run",
		"first-step":        `no file and no scenario of the library is called "first-step": did you mean first-steps?`,
		"missing.yaml":      "missing.yaml: no such file or directory",
		".":                 ".: is a folder, not a file",
		"/dev/zero":         "/dev/zero: is a device, not a file",
		"../x\x1b[31m.yaml": `../x\x1b[31m.yaml: no such file or directory`,
	} {
		if _, err := Open(name, LoadOptions{}); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("Open(%q) = %v, want %s", name, err, want)
		}
	}
}
