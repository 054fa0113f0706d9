package policy

import (
	"fmt"
	"strings"

	"github.com/meshdyno/meshdyno/mesh"
)

// Log is a diary of decisions: a line for each thing that a call is told and
// for each that it wants done, with the moment, to the nanosecond.
//
//	12.5ms call 3 done attempt 1 error
//	12.5ms call 3 wakes at 14.5ms
//	14.5ms call 3 wake
//	14.5ms call 3 connect attempt 2 host 1
//
// Drivers keep the same diary: each tells it what it is about to tell the call,
// and what it hears from it. What would change nothing is not written, for how
// often a driver asks in vain is its own affair.
type Log struct{ text []byte }

// Text is what was written so far.
func (l *Log) Text() string { return string(l.text) }

// Probe goes after each probe that Upstream.NextProbe hands out, Probed before
// Upstream.Probed.
func (l *Log) Probe(now mesh.Time, p Probe) {
	l.text = fmt.Appendf(l.text, "%v probe %d host %d\n", now, p.Number, p.Host)
}

// Probed writes what came of it, unless that comes too late.
func (l *Log) Probed(now mesh.Time, u *Upstream, p Probe, r ProbeReply) {
	if u.Awaits(p) {
		l.text = fmt.Appendf(l.text, "%v probe %d host %d %v\n", now, p.Number, p.Host, r.Outcome)
	}
}

// Begin goes before Call.Begin. The number is how the driver calls the call.
func (l *Log) Begin(now mesh.Time, number uint64) { l.line(now, number, "begin") }

// Done goes before Call.Done.
func (l *Log) Done(now mesh.Time, number uint64, c *Call, attempt int16, r Reply) {
	switch {
	case !c.Wants(attempt):
	case r.Code != 0 && !broken(r.Outcome):
		l.line(now, number, "done attempt %d %v %v", attempt, r.Outcome, r.Code)
	case r.Status != 0 && int(r.Status) != r.Outcome.Status():
		l.line(now, number, "done attempt %d %v %d", attempt, r.Outcome, r.Status)
	default:
		l.line(now, number, "done attempt %d %v", attempt, r.Outcome)
	}
}

// Started goes before Call.Started.
func (l *Log) Started(now mesh.Time, number uint64, c *Call, attempt int16) {
	if c.Tied() && c.Wants(attempt) {
		l.line(now, number, "started attempt %d", attempt)
	}
}

// Wake goes before Call.Wake.
func (l *Log) Wake(now mesh.Time, number uint64, c *Call) {
	if now >= c.WakeAt() {
		l.line(now, number, "wake")
	}
}

// Cancel goes before Call.Cancel.
func (l *Log) Cancel(now mesh.Time, number uint64, c *Call) {
	if !c.Over() {
		l.line(now, number, "cancel")
	}
}

// Next goes after each Call.Next, the last one too.
func (l *Log) Next(now mesh.Time, number uint64, c *Call, a Action) {
	switch a.Kind {
	case Send:
		l.line(now, number, "send attempt %d host %d", a.Attempt, a.Host)
	case Wait:
		l.line(now, number, "wait attempt %d host %d", a.Attempt, a.Host)
	case Connect:
		l.line(now, number, "connect attempt %d host %d", a.Attempt, a.Host)
	case Copy:
		l.line(now, number, "copy to mirror %d", a.Host)
	case Abandon:
		l.line(now, number, "abandon attempt %d host %d", a.Attempt, a.Host)
	case Answer:
		l.line(now, number, "answer %v", strings.TrimSpace(a.Outcome.String()+" "+c.Flags().String()))
	case Nothing:
		if at := c.WakeAt(); at != mesh.Never {
			l.line(now, number, "wakes at %v", at)
		}
	}
}

func (l *Log) line(now mesh.Time, number uint64, format string, args ...any) {
	l.text = fmt.Appendf(l.text, "%v call %d ", now, number)
	l.text = append(fmt.Appendf(l.text, format, args...), '\n')
}

// Roused goes before Call.Rouse.
func (l *Log) Roused(now mesh.Time, number uint64) { l.line(now, number, "roused") }

// Deed goes before the deed is done.
func (l *Log) Deed(now mesh.Time, d Deed) {
	if d.Open {
		l.wire(now, d.Conn, fmt.Sprint("opens to host ", d.Host))
	} else {
		l.wire(now, d.Conn, "is closed")
	}
}

// Dialled goes before Upstream.Connected, and before Closed when a connection
// could not be made.
func (l *Log) Dialled(now mesh.Time, c Conn, made bool) {
	if made {
		l.wire(now, c, "is made")
	} else {
		l.wire(now, c, "is not made")
	}
}

func (l *Log) wire(now mesh.Time, c Conn, what string) {
	l.text = fmt.Appendf(l.text, "%v connection %d %s\n", now, c.Number(), what)
}
