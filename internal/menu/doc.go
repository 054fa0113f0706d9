// Package menu holds tables of kinds: each row a name, a sentence about it, and
// a function that makes its settings with their defaults. Whatever can be
// chosen by name in a scenario (a balancer, a fault, an arrival process) is a
// row of one menu, and from the row come its decoding, its line in `meshdyno
// kinds`, its JSON Schema, and the error for a name that is not there.
package menu
