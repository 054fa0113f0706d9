package scenarios

import (
	"errors"

	"github.com/meshdyno/meshdyno/unit"
)

// UnmarshalText reads auto or a duration.
func (w *Warmup) UnmarshalText(text []byte) error {
	if string(text) == "auto" {
		*w = Warmup{Auto: true}
		return nil
	}
	d, err := unit.ParseDuration(string(text))
	if err != nil {
		return errors.New(err.Error() + ", or auto")
	}
	*w = Warmup{For: d}
	return nil
}

// String is what UnmarshalText reads.
func (w Warmup) String() string {
	if w.Auto {
		return "auto"
	}
	return w.For.String()
}

// MarshalText is String.
func (w Warmup) MarshalText() ([]byte, error) { return []byte(w.String()), nil }

// Grammar describes a warm-up to a reader.
func (Warmup) Grammar() string { return "auto or a duration: auto, 10s" }
