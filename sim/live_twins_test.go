package sim_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/policy"
)

var update = flag.Bool("update", false, "write the logs of the twins anew")

// TestTwins plays the scripts of testdata/twins through the simulator and
// through the live proxy. Both must log the same decisions, byte for byte and to
// the nanosecond: those that stand in the file below the line ----.
func TestTwins(t *testing.T) {
	files, err := filepath.Glob("testdata/twins/*.txt")
	if err != nil || len(files) < 12 {
		t.Fatalf("%d scripts, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			script, want, _ := strings.Cut(string(text), "----\n")
			got, both := agree(t, script)
			if both != "" {
				t.Fatalf("%s: the live world has no order there, so set them apart\n%s", both, got)
			}
			if *update {
				if err := os.WriteFile(file, []byte(script+"----\n"+got), 0o644); err != nil {
					t.Fatal(err)
				}
			} else if got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// TestRandomTwins plays scripts that are drawn from a seed. Few of them may have
// calls that act at one moment, of which nothing can be said.
func TestRandomTwins(t *testing.T) {
	scripts, tied, seen := 200, 0, map[string]int{}
	if testing.Short() {
		scripts = 20
	}
	for seed := range scripts {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			log, both := agree(t, draw(uint64(seed)))
			if count(seen, log); both != "" {
				tied++
				t.Skip(both)
			}
		})
	}
	if t.Logf("%d of %d scripts have ties", tied, scripts); tied > scripts/10 {
		t.Errorf("%d of %d scripts have calls that act at one moment, want a tenth at most", tied, scripts)
	}
	for _, word := range strings.Fields("begin done wait opens made closed roused send connect abandon wake cancel ok error refused reset connect_failure timeout overflow") {
		if t.Logf("%5d %s", seen[word], word); seen[word] < scripts/4 {
			t.Errorf("%s came up %d times in %d scripts", word, seen[word], scripts)
		}
	}
}

// agree plays a script twice and returns the log that both keep; or the
// simulator's, and which calls act at one moment.
func agree(t *testing.T, script string) (log, both string) {
	t.Helper()
	simulated, live := toLastCall(readPlay(t, script).simulated(t)), toLastCall(readPlay(t, script).live(t))
	if both = tie(simulated); both != "" || simulated == live {
		return simulated, both
	}
	ours, theirs := strings.Split(simulated, "\n"), strings.Split(live, "\n")
	i := 0
	for i < min(len(ours), len(theirs)) && ours[i] == theirs[i] {
		i++
	}
	t.Fatalf("%s\nthe twins part in line %d:\n%s\nsimulated\n%s\nlive\n%s", script, i+1,
		strings.Join(ours[:i], "\n"), strings.Join(ours[i:min(i+5, len(ours))], "\n"), strings.Join(theirs[i:min(i+5, len(theirs))], "\n"))
	return "", ""
}

// toLastCall ends a log where the calls end: the live proxy is closed then, and
// the simulated one goes on with its health checks, and closes what idles.
func toLastCall(log string) string {
	last := strings.LastIndex(log, " call ")
	if last < 0 {
		return ""
	}
	return log[:last+strings.IndexByte(log[last:], '\n')+1]
}

// tie names two calls that act at one moment, not one by what the other did: the
// live world has no order there, and they would agree by luck.
func tie(log string) string {
	moment, call := "", ""
	for line := range strings.Lines(log) {
		words := strings.Fields(line)
		if words[1] == "connection" {
			continue
		}
		if words[0] == moment && words[2] != call && words[3] != "roused" {
			return fmt.Sprintf("calls %s and %s act at %s", call, words[2], moment)
		}
		moment, call = words[0], words[2]
	}
	return ""
}

// count counts the words of a log.
func count(seen map[string]int, log string) {
	for _, word := range strings.Fields(log) {
		seen[word]++
	}
}

// draw makes a script up: a balancer of the menu, each in turn, a policy, and
// some calls.
func draw(seed uint64) string {
	d := chance.New(seed, 0, "twins", "scripts")
	var s strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&s, format+"\n", args...) }
	drawUpstream(&d, seed, say)
	drawPolicy(&d, say)
	say("")
	at := 0
	for range 1 + d.IntN(40) {
		at += d.IntN([]int{10, 1000, 20_000}[d.IntN(3)])
		hangs := ""
		if d.IntN(6) == 0 {
			hangs = fmt.Sprintf(" hangs up after %dus", 1+d.IntN(30_000))
		}
		say("call %dus%s:%s", at, hangs, drawFates(&d))
	}
	return s.String()
}

func drawUpstream(d *chance.Stream, seed uint64, say func(format string, args ...any)) {
	say("hosts %d seed %d", 1+d.IntN(4), seed)
	if d.IntN(3) == 0 {
		say("weights %d %d %d", 1+d.IntN(5), 1+d.IntN(5), 1+d.IntN(5))
	}
	kinds, hash := policy.Balancers.Names(), ""
	kind := kinds[int(seed)%len(kinds)]
	if kind == "ring_hash" || kind == "maglev" {
		hash = ", hash_policy: [" + []string{"{header: x-user}", "{source_ip: true}", ""}[d.IntN(3)] + "]"
	}
	say("load_balancer: {policy: %s%s}", kind, hash)
	if d.IntN(3) == 0 { // times that are no others' multiples
		say("outlier_detection: {consecutive_5xx: %d, interval: 10000007ns, base_ejection_time: 15ms, max_ejection_percent: %d%%}", 1+d.IntN(3), d.IntN(101))
	}
}

func drawPolicy(d *chance.Stream, say func(format string, args ...any)) {
	say("timeout: %dms", 5+d.IntN(60))
	if d.IntN(4) > 0 {
		perTry := ""
		if d.IntN(2) == 0 {
			perTry = fmt.Sprintf(", per_try_timeout: %dms", 1+d.IntN(15))
		}
		on := []string{"5xx", "gateway-error", "reset", "connect-failure"}[d.IntN(4)]
		if d.IntN(2) == 0 {
			on = "5xx"
		}
		if perTry != "" && d.IntN(2) == 0 {
			say("hedge_policy: {hedge_on_per_try_timeout: true}")
		}
		base := []string{"ms", "us"}[d.IntN(2)]
		say("retry: {retry_on: [%s], num_retries: %d%s, back_off: {base_interval: %d%s}}", on, d.IntN(5), perTry, 1+d.IntN(30), base)
	}
	drawConnections(d, say)
	switch d.IntN(3) {
	case 0:
		say("circuit_breaker: {max_requests: %d, max_retries: %d, max_connections: %d, max_pending_requests: %d}", 1+d.IntN(8), d.IntN(4), d.IntN(4), d.IntN(8))
	case 1:
		say("circuit_breaker: {retry_budget: {budget_percent: %d%%, min_retry_concurrency: %d}}", d.IntN(101), d.IntN(4))
	}
}

// drawConnections draws how connections are made, and the settings about them.
func drawConnections(d *chance.Stream, say func(format string, args ...any)) {
	if d.IntN(2) == 0 {
		var all []string
		for range 1 + d.IntN(9) {
			all = append(all, fmt.Sprintf("%dus%s", d.IntN([]int{1, 3000}[d.IntN(2)]), []string{"", "", " refused"}[d.IntN(3)]))
		}
		say("dials %s; 1us", strings.Join(all, "; "))
	}
	if d.IntN(2) == 0 {
		say("connection_pool: {max_requests_per_connection: %d, per_upstream_preconnect_ratio: %d, connect_timeout: 2000003ns, idle_timeout: %d000057ns}", d.IntN(3), 1+d.IntN(2), 5+d.IntN(20))
	}
}

func drawFates(d *chance.Stream) string {
	var all []string
	for range 1 + d.IntN(4) {
		how := strings.Fields("200 200 200 200 500 503 503 reset cut never")[d.IntN(10)]
		if how != "never" {
			how = fmt.Sprintf("%dus %s", d.IntN([]int{1, 2000, 20_000}[d.IntN(3)]), how)
		}
		all = append(all, " "+how)
	}
	return strings.Join(all, ";")
}
