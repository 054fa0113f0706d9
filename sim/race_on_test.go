//go:build race

package sim

// raceDetector says that the race detector is on, which makes a run of one
// thread ten times slower and finds nothing in it.
const raceDetector = true
