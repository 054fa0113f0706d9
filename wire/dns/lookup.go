package dns

import (
	"time"

	"github.com/meshdyno/meshdyno/mesh"
)

// Action is what a look-up wants done next.
type Action uint8

// The actions.
const (
	Wait     Action = iota
	AskUDP          // send the question to Server
	AskTCP          // connect to Server and ask there
	Resolved        // there is an answer
	GivenUp         // nobody answered
)

// Lookup is one question on its way, as a machine. It is told what happened, and
// each call says what to do; at WakeAt it wants to be woken.
type Lookup struct {
	settings *Settings
	asked    int // times, over all servers
	wakeAt   mesh.Time
}

// Begin asks the first server.
func (l *Lookup) Begin(now mesh.Time, settings *Settings) Action {
	*l = Lookup{settings: settings}
	return l.ask(now)
}

func (l *Lookup) ask(now mesh.Time) Action {
	if l.asked == l.settings.Servers*l.settings.Attempts {
		l.wakeAt = mesh.Never
		return GivenUp
	}
	l.asked++
	l.wakeAt = now.Add(time.Duration(l.settings.Timeout))
	return AskUDP
}

// Server is which one is asked, from 0: each in turn, then all over again.
func (l *Lookup) Server() int { return (l.asked - 1) % l.settings.Servers }

// WakeAt is when the present server has had its time.
func (l *Lookup) WakeAt() mesh.Time { return l.wakeAt }

// Wake goes on to the next server, or the next attempt, if it is time.
func (l *Lookup) Wake(now mesh.Time) Action {
	if now < l.wakeAt {
		return Wait
	}
	return l.ask(now)
}

// Answered takes an answer; one that was cut short is asked for again over TCP,
// which has the server's time anew.
func (l *Lookup) Answered(now mesh.Time, truncated bool) Action {
	if l.wakeAt == mesh.Never {
		return Wait
	}
	if truncated {
		l.wakeAt = now.Add(time.Duration(l.settings.Timeout))
		return AskTCP
	}
	l.wakeAt = mesh.Never
	return Resolved
}
