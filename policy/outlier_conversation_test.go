package policy_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

// TestOutlierConversations plays the files of testdata/outlier. Each block tells
// a detector what happened; below the line ---- stands what it did. The verbs:
//
//	detector HOSTS [DIALECT]    a fresh one at 0s; the lines that follow are its settings
//	at TIME                     it is that late now; nobody is woken
//	sweep                       the timer fires, whenever that is
//	advance DURATION            time passes; the detector is woken when it asked to be
//	answer HOST STATUS [xN]     a host answered; HOST is a number or all
//	fail HOST HOW [xN]          timeout, reset or connect_failure
//	turns HOST STATUS HOW xN    one answer, then one failure, N times over
//	connected HOST [xN]         an attempt has its connection
//	checked HOST                a health check succeeded
//	left HOST                   it is no member any more
//	joined HOST                 it is one again
//	stats                       outliers by cause: ejected/detected
func TestOutlierConversations(t *testing.T) {
	playAll(t, "outlier", func(t *testing.T) func(string) string { return (&warden{t: t}).tell })
}

// warden drives one detector and writes down what it does.
type warden struct {
	t     *testing.T
	now   mesh.Time
	hosts []policy.Host
	o     *policy.Outlier
	dice  chance.Stream
	heard strings.Builder
}

func (w *warden) say(format string, args ...any) {
	fmt.Fprintf(&w.heard, "%v "+format+"\n", append([]any{w.now}, args...)...)
}

func (w *warden) tell(block string) string {
	w.heard.Reset()
	lines := strings.Split(block, "\n")
	for i, line := range lines {
		words := strings.Fields(line)
		if len(words) == 0 || words[0] == "#" {
			continue
		}
		if words[0] == "detector" {
			w.fresh(words[1:], lines[i+1:])
			break
		}
		if words[0] == "advance" {
			w.advance(w.now.Add(span(w.t, words[1])))
			continue
		}
		w.watch(func() { w.do(words[0], words[1:]) })
	}
	return strings.TrimRight(w.heard.String(), "\n")
}

func (w *warden) fresh(words, settings []string) {
	dialect := "envoy"
	if len(words) > 1 {
		dialect = words[1]
	}
	p := plan(w.t, fmt.Sprintf("{dialect: %s, outlier_detection: {%s}}", dialect, strings.Join(settings, ", ")))
	w.now, w.hosts, w.dice = 0, make([]policy.Host, number(w.t, words[0])), dice(1)
	w.o = p.Outlier.New(p.Dialect, w.hosts, &w.dice).(*policy.Outlier)
	w.o.Start(0)
}

// watch says what something changed.
func (w *warden) watch(do func()) {
	before := slices.Clone(w.hosts)
	found, out, full := w.o.Counts()
	do()
	foundNow, outNow, fullNow := w.o.Counts()
	for i, name := range policy.OutlierCauses {
		if n := outNow[i] - out[i]; n > 0 {
			w.say("%s ejects %d", name, n)
		}
		if n := foundNow[i] - found[i] - (outNow[i] - out[i]); n > 0 {
			w.say("%s finds %d more", name, n)
		}
	}
	if fullNow > full {
		w.say("no room for %d", fullNow-full)
	}
	for i := range w.hosts {
		if was, is := before[i].Ejected, w.hosts[i].Ejected; was != is {
			w.say("host %d is %s", i, map[bool]string{true: "out", false: "in"}[is])
		}
	}
}

func (w *warden) do(verb string, words []string) {
	switch verb {
	case "at":
		w.now = mesh.Time(span(w.t, words[0]))
	case "sweep":
		w.o.Sweep(w.now)
	case "stats":
		w.stats()
	default:
		for _, host := range w.which(words[0]) {
			for range times(w.t, words) {
				w.tellOf(verb, host, words[1:])
			}
		}
	}
}

// tellOf tells one thing of one host.
func (w *warden) tellOf(verb string, host int, words []string) {
	switch verb {
	case "answer":
		w.o.Answered(w.now, host, number(w.t, words[0]))
	case "fail":
		w.o.Result(w.now, host, replied(outcomeNamed(w.t, words[0])))
	case "turns":
		w.o.Answered(w.now, host, number(w.t, words[0]))
		w.o.Result(w.now, host, replied(outcomeNamed(w.t, words[1])))
	case "connected":
		w.o.Connected(w.now, host)
	case "checked":
		w.o.Checked(w.now, host, true)
	case "left":
		w.o.Left(host)
	case "joined":
		w.o.Joined(w.now, host)
	default:
		w.t.Fatalf("no verb %q", verb)
	}
}

func (w *warden) advance(end mesh.Time) {
	for w.o.WakeAt() <= end {
		w.now = w.o.WakeAt()
		w.watch(func() { w.o.Wake(w.now) })
	}
	w.now = end
}

func (w *warden) stats() {
	found, out, full := w.o.Counts()
	w.say("%d of %d hosts are out, no room for %d", w.o.Out(), len(w.hosts), full)
	for i, name := range policy.OutlierCauses {
		if found[i] > 0 {
			w.say("%s %d/%d", name, out[i], found[i])
		}
	}
}

func (w *warden) which(word string) (hosts []int) {
	if word != "all" {
		return []int{number(w.t, word)}
	}
	for i := range w.hosts {
		hosts = append(hosts, i)
	}
	return hosts
}

// times reads a last word such as x5.
func times(t *testing.T, words []string) int {
	if last := words[len(words)-1]; strings.HasPrefix(last, "x") {
		return number(t, last[1:])
	}
	return 1
}

func number(t *testing.T, word string) int {
	n, err := strconv.Atoi(word)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func span(t *testing.T, word string) time.Duration {
	d, err := time.ParseDuration(word)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func outcomeNamed(t *testing.T, name string) mesh.Outcome {
	for o := mesh.OK; o < mesh.Outcomes; o++ {
		if o.String() == name {
			return o
		}
	}
	t.Fatalf("no outcome %q", name)
	return 0
}
