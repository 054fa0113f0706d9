// Package topologies is who calls whom: an embedded library, generators of
// graphs by size and seed, and importers of the formats people already have.
//
// Open resolves what stands after `topology:` in a scenario. ReadIsotope reads
// the service graphs of Istio's isotope and says of every key what became of
// it; WriteScenario makes a scenario file of an import.
package topologies
