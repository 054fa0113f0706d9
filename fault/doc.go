// Package fault is what can go wrong. A fault is pure: it says what changes and
// for how long; the drivers, simulated and live, make it so.
package fault
