package link

import (
	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/unit"
)

// DropTail has room for so much and no more.
type DropTail struct {
	Limit int       `yaml:"limit" min:"0" doc:"packets that may wait, beside the one that is being sent"`
	Bytes unit.Size `yaml:"bytes" doc:"bytes that may wait; no limit when left out"`
}

// New makes the state of one link; there is none beside the backlog.
func (s *DropTail) New(*Settings) (Gate, Queue) { return s, nil }

// Admits counts.
func (s *DropTail) Admits(_ mesh.Time, b *Backlog, p Packet, _ *chance.Stream) Fate {
	if b.Packets() >= s.Limit || s.Bytes > 0 && b.Bytes+int64(p.Bytes) > int64(s.Bytes) {
		return Full
	}
	return Arrives
}
