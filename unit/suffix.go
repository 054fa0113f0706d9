package unit

import (
	"errors"
	"fmt"
	"strings"

	"github.com/meshdyno/meshdyno/internal/nearest"
)

// suffix is one unit: how it is written and how many of the base unit it is.
type suffix struct {
	name  string
	scale int64
}

// suffixes are the units of one kind of quantity.
type suffixes struct {
	what    string            // "duration"
	example string            // what to write instead of a bare number: "5ms or 5s"
	list    []suffix          // in the order of the error's list
	aliases map[string]string // how else people write them
}

// find returns the scale of the unit called name, or an error that lists the
// units there are and the one that was probably meant.
func (s *suffixes) find(name string) (int64, error) {
	for _, u := range s.list {
		if u.name == name {
			return u.scale, nil
		}
	}
	return 0, s.unknown(name)
}

func (s *suffixes) unknown(name string) error {
	trimmed := strings.TrimSpace(name)
	switch {
	case trimmed == "" && name == "":
		return fmt.Errorf("a %s needs a unit: write %s", s.what, s.example)
	case trimmed == "":
		return errors.New("a space follows the number")
	case trimmed != name && s.has(trimmed):
		return fmt.Errorf("no space between the number and its unit %s", trimmed)
	}
	return fmt.Errorf("unknown unit %s of a %s (have %s)%s", Quote(trimmed), s.what, strings.Join(s.names(), ", "), s.meant(trimmed))
}

func (s *suffixes) meant(name string) string {
	near := s.aliases[strings.ToLower(name)]
	if near == "" {
		near = nearest.Name(name, s.names())
	}
	if near == "" {
		return ""
	}
	return "; did you mean " + near + "?"
}

func (s *suffixes) has(name string) bool {
	for _, u := range s.list {
		if u.name == name {
			return true
		}
	}
	return false
}

func (s *suffixes) names() []string {
	names := make([]string, len(s.list))
	for i, u := range s.list {
		names[i] = u.name
	}
	return names
}

// upTo cuts text before the next digit: "h30m" is the unit h and the rest 30m.
func upTo(text string) (name, rest string) {
	if i := strings.IndexAny(text, "0123456789"); i >= 0 {
		return text[:i], text[i:]
	}
	return text, ""
}
