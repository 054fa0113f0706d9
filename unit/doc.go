// Package unit reads and writes the quantities of a scenario file: durations,
// sizes, bit rates, rates and ratios, always with their units.
//
// Every type parses a user's text strictly (UnmarshalText), prints the shortest
// canonical text that parses back to the same value (String, MarshalText), and
// describes itself in one line for the reference page (Grammar). Decimals are
// read exactly: 0.1ms is 100,000 ns, and what has no exact value is refused
// rather than rounded.
package unit
