package main

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/meshdyno/meshdyno/unit"
)

var errNoValue = errors.New("needs a value")

// seedFlag is any whole number of 64 bits.
type seedFlag struct {
	given bool
	value uint64
}

// UnmarshalText reads what stands after --seed.
func (s *seedFlag) UnmarshalText(text []byte) (err error) {
	if len(text) == 0 {
		return errNoValue
	}
	s.given = true
	if s.value, err = strconv.ParseUint(string(text), 10, 64); err != nil {
		return fmt.Errorf("takes a whole number from 0 to %d (got %q)", uint64(1<<64-1), text)
	}
	return nil
}

// mostReplications is where a slip of the keyboard is likelier than a wish.
const mostReplications = 10_000

// countFlag is how often a scenario is run.
type countFlag int

// UnmarshalText reads what stands after --replications.
func (c *countFlag) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		return errNoValue
	}
	n, err := strconv.Atoi(string(text))
	if err != nil || n < 1 || n > mostReplications {
		return fmt.Errorf("takes a whole number from 1 to %d (got %q)", mostReplications, text)
	}
	*c = countFlag(n)
	return nil
}

// durationFlag is a time as in a scenario file, kept as it was written.
type durationFlag string

// UnmarshalText reads what stands after --duration.
func (d *durationFlag) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		return errNoValue
	}
	length, err := unit.ParseDuration(string(text))
	if err != nil {
		return err
	}
	if length <= 0 {
		return fmt.Errorf("a run takes longer than nothing (got %q)", text)
	}
	*d = durationFlag(text)
	return nil
}

// pathFlag is the name of a file or folder; "" means that it was not given.
type pathFlag string

// UnmarshalText refuses the empty name, which no file has.
func (p *pathFlag) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		return errNoValue
	}
	*p = pathFlag(text)
	return nil
}
