package mesh

import (
	"fmt"
	"strings"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/internal/nearest"
	"github.com/meshdyno/meshdyno/unit"
)

// Profiles are hop costs by name.
var Profiles = []struct {
	Name, About string
	Hop         Hop
}{
	{"default", "an Envoy sidecar with two worker threads: 0.2 ms of CPU for a request and its answer of 1 KiB " +
		"(Istio 1.24, performance and scalability: 0.20 vCPU at 1,000 requests/s)",
		Hop{Workers: 2, Request: micro(98), Response: micro(98), PerKiB: 2 * unit.Microsecond, Connection: 300 * unit.Microsecond}},
	{"free", "a proxy that costs nothing, to tell its decisions from its price", Hop{Workers: 1}},
}

func micro(n int) chance.Duration { return chance.FixedDuration(unit.Duration(n) * unit.Microsecond) }

// Resolved is the hop with its profile filled in. A hop that says nothing has
// the default profile; one that gives parameters starts from its profile, or
// from nothing.
func (h Hop) Resolved() Hop {
	if h.silent() && h.Profile == "" {
		h.Profile = "default"
	}
	for _, p := range Profiles {
		if p.Name == h.Profile {
			return h.over(p.Hop)
		}
	}
	h.Workers = max(h.Workers, 1)
	return h
}

func (h Hop) silent() bool {
	return h.Workers == 0 && h.Request.IsZero() && h.Response.IsZero() && h.PerKiB == 0 && h.Connection == 0
}

// over lets the parameters that h gives stand over those of a profile.
func (h Hop) over(p Hop) Hop {
	if h.Workers > 0 {
		p.Workers = h.Workers
	}
	if !h.Request.IsZero() {
		p.Request = h.Request
	}
	if !h.Response.IsZero() {
		p.Response = h.Response
	}
	if h.PerKiB > 0 {
		p.PerKiB = h.PerKiB
	}
	if h.Connection > 0 {
		p.Connection = h.Connection
	}
	p.Profile = h.Profile
	return p
}

// Check holds the profile to the names that exist.
func (h *Hop) Check() error {
	if h.Profile == "" {
		return nil
	}
	return profileKnown(h.Profile)
}

func profileKnown(name string) error {
	var names []string
	for _, p := range Profiles {
		if p.Name == name {
			return nil
		}
		names = append(names, p.Name)
	}
	hint := ""
	if near := nearest.Name(name, names); near != "" {
		hint = ": did you mean " + near + "?"
	}
	return fmt.Errorf("unknown hop profile %q%s (have %s)", name, hint, strings.Join(names, ", "))
}
