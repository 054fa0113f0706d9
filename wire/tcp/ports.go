package tcp

import (
	"errors"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/unit"
)

// PortSettings are those of a host that opens connections.
type PortSettings struct {
	First    int           `yaml:"first" min:"1" max:"65535" doc:"first ephemeral port (net.ipv4.ip_local_port_range)"`
	Last     int           `yaml:"last" min:"1" max:"65535" doc:"last ephemeral port"`
	TimeWait unit.Duration `yaml:"time_wait" doc:"how long a port rests after the side that took it closed first"`
	Reuse    bool          `yaml:"reuse" doc:"net.ipv4.tcp_tw_reuse: take a resting port after one second, which timestamps make safe (RFC 6191)"`
}

// SetDefaults are Linux's.
func (s *PortSettings) SetDefaults() {
	*s = PortSettings{First: 32768, Last: 60999, TimeWait: unit.Minute}
}

// Check holds the range to its order.
func (s *PortSettings) Check() error {
	if s.Last < s.First {
		return errors.New("last is below first")
	}
	return nil
}

// reuseAfter is when a resting port may be taken again.
const reuseAfter = unit.Second

// Ports are the ephemeral ports of one host towards one address and port. It is
// the four of them together that no two connections share, so that towards
// another address all ports are there again.
type Ports struct {
	settings *PortSettings
	never    int           // the next port that was never taken
	idle     ring[uint16]  // given back
	resting  ring[resting] // in the order of time
	taken    int
}

type resting struct {
	since mesh.Time
	port  uint16
}

// NewPorts are all ports, none of them taken.
func NewPorts(settings *PortSettings) *Ports {
	p := &Ports{settings: settings, never: settings.First}
	p.idle.reset()
	p.resting.reset()
	return p
}

// Taken is how many ports have a connection.
func (p *Ports) Taken() int { return p.taken }

// Resting is how many ports are in TIME_WAIT, if Take was asked lately.
func (p *Ports) Resting() int { return int(p.resting.end - p.resting.first) }

// Take gives a port, or says that there is none: EADDRNOTAVAIL.
func (p *Ports) Take(now mesh.Time) (port int, ok bool) {
	p.rested(now, p.settings.TimeWait)
	switch {
	case !p.idle.empty():
		port = int(*p.idle.at(p.idle.first))
		p.idle.pop()
	case p.never <= p.settings.Last:
		port = p.never
		p.never++
	default:
		if p.settings.Reuse {
			p.rested(now, reuseAfter)
		}
		if p.idle.empty() {
			return 0, false
		}
		return p.Take(now)
	}
	p.taken++
	return port, true
}

// Give gives a port back; waits says that its connection is in TIME_WAIT here,
// because this side closed first.
func (p *Ports) Give(now mesh.Time, port int, waits bool) {
	p.taken--
	if waits {
		_, r := p.resting.push()
		*r = resting{now, uint16(port)}
		return
	}
	_, idle := p.idle.push()
	*idle = uint16(port)
}

// rested makes the ports idle that have rested so long.
func (p *Ports) rested(now mesh.Time, long unit.Duration) {
	for !p.resting.empty() && p.resting.at(p.resting.first).since.Add(long.Std()) <= now {
		_, idle := p.idle.push()
		*idle = p.resting.at(p.resting.first).port
		p.resting.pop()
	}
}

// NextRested is when the next port comes back from TIME_WAIT, or Never.
func (p *Ports) NextRested() mesh.Time {
	if p.resting.empty() {
		return mesh.Never
	}
	return p.resting.at(p.resting.first).since.Add(p.settings.TimeWait.Std())
}
