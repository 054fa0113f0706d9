// Package chance is where every random number comes from: named streams derived
// from the one seed of a run, and the distributions drawn from them. It is
// bit-equal on every processor.
//
// That takes two rules. Every product that a sum follows stands inside an
// explicit float64(), which keeps compilers from fusing the two; and of package
// math only what is exact everywhere is called (Sqrt, Floor, Float64bits...),
// never Log, Exp or Pow, which are assembly on some processors: Log, Exp and Pow
// of this package stand in for them. A test reads the source for both.
package chance
