package sim_test

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/internal/strict"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

// play is a script for two theatres: who calls when, how long they wait, what
// each of their attempts meets, and the policy between them.
//
//	hosts 3 [seed 7]
//	weights 1 2 1
//	timeout: 1s                           the policy, as in a scenario
//
//	dials 1ms; 2ms refused                how long the connections take to be made, one
//	                                      after the other, the last also all that follow,
//	                                      and which are not; without it no time
//
//	call 1ms: 5ms 500; never; 3ms 200     an arrival; what each attempt meets,
//	                                      the last also all that follow
//	call 2ms hangs up after 7ms: never
//	calls 9 from 3ms every 1us: 5ms 200
//	check 0: 1ms 200; 1ms 503             what each health check of a host meets
//
// An attempt meets, after a while, a status with headers perhaps (429
// retry-after=1), a reset (before the answer), or a cut (in its middle); or never
// anything.
type play struct {
	hosts   int
	weights []int // of the hosts, in turn; none: all alike
	seed    uint64
	rule    policy.Rule
	dials   []fate
	calls   []part
	checks  map[int][]fate // what each health check of a host meets, the last also all that follow
}

// part is one call of a play.
type part struct {
	at       mesh.Time
	patience time.Duration
	meets    []fate
}

// fate is what an attempt meets.
type fate struct {
	after   time.Duration
	how     string
	headers lines
}

// Patience is how long the caller of a call waits.
func (p *play) Patience(number uint64) time.Duration { return p.calls[number-1].patience }

// fate is what attempt n of a call meets.
func (p *play) fate(number uint64, attempt int) fate {
	meets := p.calls[number-1].meets
	return meets[min(attempt, len(meets))-1]
}

// check is what health check n of a host meets.
func (p *play) check(host, n int) fate {
	meets := p.checks[host]
	return meets[min(n, len(meets))-1]
}

// readCheck reads a line `check HOST: 5ms 200; never`.
func (p *play) readCheck(line string) error {
	var host int
	head, meets, _ := strings.Cut(strings.TrimPrefix(line, "check "), ":")
	if _, err := fmt.Sscan(head, &host); err != nil {
		return err
	}
	if p.checks == nil {
		p.checks = map[int][]fate{}
	}
	all, err := readFates(meets)
	p.checks[host] = all
	return err
}

// Probe tells the simulator.
func (p *play) Probe(host int32, number uint32, fresh bool) (time.Duration, mesh.Outcome) {
	f := p.check(int(host), int(number))
	return f.outcome(fresh)
}

// Visit tells the simulator.
func (p *play) Visit(number uint64, attempt int16, fresh bool) (time.Duration, mesh.Outcome) {
	f := p.fate(number, int(attempt))
	return f.outcome(fresh)
}

// outcome is how long a fate takes, and how it ends.
func (f *fate) outcome(fresh bool) (time.Duration, mesh.Outcome) {
	switch f.how {
	case "never":
		return 0, mesh.Unfinished
	case "refused": // a health check, which connects by itself
		if fresh {
			return f.after, mesh.ConnectFailure
		}
		return f.after, mesh.Reset
	case "reset", "cut":
		return f.after, mesh.Reset
	case "503":
		return f.after, mesh.Refused
	}
	if f.status() >= 400 {
		return f.after, mesh.Error
	}
	return f.after, mesh.OK
}

// Reply is what the proxy sees of it.
func (p *play) Reply(number uint64, attempt int16, o mesh.Outcome) policy.Reply {
	f := p.fate(number, int(attempt))
	if status := f.status(); status > 0 && o != mesh.Reset {
		return policy.Reply{Outcome: o, Status: uint16(status), Headers: f.headers}
	}
	return policy.Reply{Outcome: o}
}

// status is that of an answer; 0 when none comes.
func (f *fate) status() int {
	status, _ := strconv.Atoi(f.how)
	return status
}

// lines are the headers of an answer.
type lines map[string]string

// AppendHeader appends the one value of a header.
func (l lines) AppendHeader(dst []byte, name string, n int) ([]byte, bool) {
	text, has := l[strings.ToLower(name)]
	return append(dst, text...), has && n == 0
}

// Dial tells how connection n is made. Each takes some nanoseconds more than the
// one before, so that no two are made at one moment.
func (p *play) Dial(n uint64) (time.Duration, bool) {
	apart := time.Duration(n%7+1) * 101
	if len(p.dials) == 0 {
		return apart, false
	}
	f := p.dials[min(int(n), len(p.dials))-1]
	return f.after + apart, f.how == "refused"
}

// apart sets the calls apart by a nanosecond each, beyond their whole
// microseconds: in the live world nothing says who is first at one moment.
func (p *play) apart() {
	for i := range p.calls {
		p.calls[i].at += mesh.Time(i + 1)
		if p.calls[i].patience > 0 {
			p.calls[i].patience += 500 * time.Nanosecond
		}
	}
}

// readPlay reads a script.
func readPlay(t *testing.T, text string) *play {
	t.Helper()
	p := &play{seed: 1}
	var rule strings.Builder
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(strings.TrimRight(line, "\n"), "#")
		words := strings.Fields(line)
		var err error
		switch {
		case len(words) == 0:
		case words[0] == "hosts":
			_, err = fmt.Sscan(strings.Join(words[1:], " ")+" seed 1", &p.hosts, new(string), &p.seed)
		case words[0] == "weights":
			p.weights, err = readWeights(words[1:])
		case words[0] == "check":
			err = p.readCheck(line)
		case words[0] == "dials":
			p.dials, err = readFates(strings.TrimPrefix(line, "dials"))
		case words[0] == "call", words[0] == "calls":
			err = p.read(line)
		default:
			rule.WriteString(line + "\n")
		}
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
	}
	if rule.Len() == 0 {
		rule.WriteString("{}")
	}
	if _, err := strict.Decode("policy.yaml", []byte(rule.String()), &p.rule); err != nil {
		t.Fatalf("%s\n%v", rule.String(), err)
	}
	p.apart()
	return p
}

// read reads the line of a call, or of several.
func (p *play) read(line string) error {
	head, tail, ok := strings.Cut(line, ":")
	if !ok {
		return errors.New("meets nothing")
	}
	meets, err := readFates(tail)
	if err != nil {
		return err
	}
	var n int
	var at, every, patience string
	words := strings.Fields(head)
	switch {
	case words[0] == "calls":
		_, err = fmt.Sscanf(head, "calls %d from %s every %s", &n, &at, &every)
	case len(words) > 2:
		n, every = 1, "0s"
		_, err = fmt.Sscanf(head, "call %s hangs up after %s", &at, &patience)
	default:
		n, at, every = 1, words[1], "0s"
	}
	if err != nil {
		return err
	}
	for i := range n {
		p.calls = append(p.calls, part{mesh.Time(span(at)) + mesh.Time(i)*mesh.Time(span(every)), span(patience), meets})
	}
	return nil
}

func readWeights(words []string) (all []int, err error) {
	for _, word := range words {
		n, err := strconv.Atoi(word)
		if err != nil {
			return nil, err
		}
		all = append(all, n)
	}
	return all, nil
}

func readFates(text string) (all []fate, err error) {
	for one := range strings.SplitSeq(text, ";") {
		switch words := strings.Fields(one); {
		case len(words) == 1 && words[0] != "never":
			all = append(all, fate{after: span(words[0]), how: "made"})
		case len(words) == 1 && words[0] == "never":
			all = append(all, fate{how: "never"})
		case len(words) >= 2:
			f := fate{after: span(words[0]), how: words[1], headers: lines{}}
			for _, word := range words[2:] {
				name, value, _ := strings.Cut(word, "=")
				f.headers[name] = value
			}
			all = append(all, f)
		default:
			return nil, errors.New(strconv.Quote(one) + " is no fate")
		}
	}
	return all, nil
}

// span reads a duration; none is 0.
func span(text string) time.Duration {
	if text == "" {
		return 0
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		panic(err)
	}
	return d
}
