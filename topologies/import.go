package topologies

import (
	"github.com/meshdyno/meshdyno/internal/strict"
	"github.com/meshdyno/meshdyno/mesh"
)

// Import is a service graph read from someone else's format.
type Import struct {
	Format      string              // "isotope", "pcap"
	File        string              // where it was read
	Services    []mesh.Service      // in the order of the file
	Entrypoints []string            // the services that traffic from outside goes to
	Network     *mesh.Network       // what lies between them; nil when the format does not tell
	Traffic     map[string]Measured // to entry points, where the format tells
	Notes       []Note              // what did not become part of Services as it stood, in the order of the file
}

// Fate is what became of a part of an imported file.
type Fate uint8

// The fates, the gravest last.
const (
	Kept        Fate = iota // as in the original, in other words or in a way worth knowing
	Ignored                 // the format's own tools do not read it either
	NotModelled             // it has a meaning that is not simulated
	Differs                 // it is simulated, with a difference
)

func (f Fate) String() string {
	return [...]string{"kept", "ignored", "not modelled", "differs"}[f]
}

// Note tells what became of one key of an imported file.
type Note struct {
	Pos  strict.Pos
	Fate Fate
	Text string
}

// String is one line, safe to show: "canonical.yaml:4:3: numRbacPolicies is
// ignored: isotope's own parser reads no such key".
func (n Note) String() string { return strict.Safe(n.Pos.String() + ": " + n.Text) }

// With selects the notes of one fate.
func (im *Import) With(fate Fate) []Note {
	var notes []Note
	for _, n := range im.Notes {
		if n.Fate == fate {
			notes = append(notes, n)
		}
	}
	return notes
}
