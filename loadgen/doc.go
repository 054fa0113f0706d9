// Package loadgen is the load on a mesh: classes of requests from outside, and
// when they arrive. It is pure: a Pacer tells one moment of virtual time after
// another, and the simulator and the live driver do the sending.
//
// A class is open, with a rate that may follow a profile of phases and ramps
// (Profile), or closed, a number of users who wait for each answer and think
// before the next request. How open arrivals are spread is a row of the menu
// Pacers. The shapes there (constant, poisson, mmpp, renewal) are processes of
// rate 1 in operational time, put through the inverse of the profile's
// integral (cursor.go), so each of them rides on any profile exactly. The other
// kinds bring their own moments: a file of timestamps, or a vegeta pacer.
//
// Except for vegeta's own formulas, moments are the same on every processor.
package loadgen
