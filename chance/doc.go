// Package chance is where every random number comes from: named streams derived
// from the one seed of a run, and the distributions drawn from them. It is
// bit-equal on every processor.
package chance
