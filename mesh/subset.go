package mesh

import (
	"slices"
	"strings"
)

// Subset is replicas of a service that bear the same labels: a version, a
// canary, a kind of machine. The replicas of a service are those of its subsets,
// in the order in which they stand: with {v1: {replicas: 3}, v2: {replicas: 1}}
// replicas 0 to 2 are of v1 and replica 3 is of v2.
type Subset struct {
	Name     string  `yaml:",key" pattern:"^[a-z0-9]([a-z0-9_.-]{0,61}[a-z0-9])?$"`
	Replicas int     `yaml:"replicas" min:"1" max:"1000000" doc:"how many equal copies run"`
	Labels   []Label `yaml:"labels" doc:"what tells them from others, for balancers and rules that choose among subsets; {version: NAME} when left out"`
}

// SetDefaults makes s one replica.
func (s *Subset) SetDefaults() { s.Replicas = 1 }

// Short names the key that a bare number sets: `v2: 1`.
func (*Subset) Short() string { return "replicas" }

// Label is one thing that is said of a replica.
type Label struct {
	Key   string `yaml:",key" pattern:"^[0-9A-Za-z]([0-9A-Za-z_./-]{0,251}[0-9A-Za-z])?$"`
	Value string `yaml:",value" pattern:"^[!-~]([ -~]{0,253}[!-~])?$"` // several with commas between
}

// ZoneWeight is what a zone gets beside the others.
type ZoneWeight struct {
	Zone   string `yaml:",key" pattern:"^[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?$"`
	Weight int    `yaml:",value" min:"0" max:"65535"`
}

// Settle makes the replicas of s those of its subsets, and labels them by their
// names where they have no labels.
func (s *Service) Settle() {
	if len(s.Subsets) == 0 {
		return
	}
	s.Replicas = 0
	for i := range s.Subsets {
		sub := &s.Subsets[i]
		s.Replicas += sub.Replicas
		if len(sub.Labels) == 0 {
			sub.Labels = []Label{{"version", sub.Name}}
		}
		slices.SortStableFunc(sub.Labels, func(a, b Label) int { return strings.Compare(a.Key, b.Key) })
	}
}

// LabelsOf are the labels of a replica, by key.
func (s *Service) LabelsOf(replica int) []Label {
	for i := range s.Subsets {
		if replica < s.Subsets[i].Replicas {
			return s.Subsets[i].Labels
		}
		replica -= s.Subsets[i].Replicas
	}
	return nil
}

// WeightOf is what a zone gets.
func (s *Service) WeightOf(zone string) int {
	for _, z := range s.ZoneWeights {
		if z.Zone == zone {
			return z.Weight
		}
	}
	return 0
}
