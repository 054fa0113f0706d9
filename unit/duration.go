package unit

import (
	"errors"
	"fmt"
	"math/big"
	"time"
)

// Duration is a length of time in whole nanoseconds.
type Duration int64

// The units of a duration.
const (
	Nanosecond  Duration = 1
	Microsecond          = 1000 * Nanosecond
	Millisecond          = 1000 * Microsecond
	Second               = 1000 * Millisecond
	Minute               = 60 * Second
	Hour                 = 60 * Minute
)

var durations = suffixes{
	what: "duration", example: "5ms or 5s",
	list: []suffix{
		{"ns", 1}, {"us", int64(Microsecond)}, {"ms", int64(Millisecond)},
		{"s", int64(Second)}, {"m", int64(Minute)}, {"h", int64(Hour)},
	},
	aliases: map[string]string{
		"nsec": "ns", "nanos": "ns", "usec": "us", "micros": "us", "mus": "us",
		"msec": "ms", "msecs": "ms", "millis": "ms", "milliseconds": "ms", "millisecond": "ms",
		"sec": "s", "secs": "s", "second": "s", "seconds": "s",
		"min": "m", "mins": "m", "minute": "m", "minutes": "m",
		"hr": "h", "hrs": "h", "hour": "h", "hours": "h",
	},
}

// ParseDuration reads a duration: 250us, 5ms, 1.5s, 2m, 1h30m. The decimal is
// taken exactly. Only 0 may stand without a unit.
func ParseDuration(text string) (Duration, error) {
	d, err := parseDuration(text)
	if err != nil {
		return 0, refuse(text, err)
	}
	return d, nil
}

// parseDuration adds up the parts of text, largest unit first.
func parseDuration(text string) (Duration, error) {
	var sum, before Duration
	for rest := text; ; {
		value, after, err := leadingNumber(rest)
		if err != nil {
			return 0, err
		}
		if after == "" && rest == text && value.Sign() == 0 {
			return 0, nil
		}
		name, next := upTo(after)
		part, scale, err := durationPart(value, name)
		switch {
		case err != nil:
			return 0, err
		case before != 0 && scale >= before:
			return 0, errors.New("each unit stands once, the larger before the smaller: 1h30m")
		case part > largest-sum:
			return 0, fmt.Errorf("too large: a duration is at most %s", "146 years")
		}
		sum, before, rest = sum+part, scale, next
		if rest == "" {
			return sum, nil
		}
	}
}

func durationPart(value *big.Rat, name string) (part, scale Duration, err error) {
	if name == "\u00b5s" || name == "\u03bcs" { // the micro sign and the Greek letter
		name = "us"
	}
	unit, err := durations.find(name)
	if err != nil {
		return 0, 0, err
	}
	n, err := scaled(value, unit, "a duration", "ns", "146 years")
	return Duration(n), Duration(unit), err
}

// Std is d for the standard library.
func (d Duration) Std() time.Duration { return time.Duration(d) }

// Seconds is d as a floating point number.
func (d Duration) Seconds() float64 { return float64(d) / 1e9 }

// String writes 1.5s, 250us, 1m30s; it parses back to d.
func (d Duration) String() string {
	switch {
	case d < 0:
		return "-" + (-d).String()
	case d == 0:
		return "0s"
	case d < Minute:
		return smallDuration(d)
	}
	text := ""
	if h := d / Hour; h > 0 {
		text = fmt.Sprintf("%dh", h)
	}
	if m := d % Hour / Minute; m > 0 {
		text += fmt.Sprintf("%dm", m)
	}
	if s := d % Minute; s > 0 {
		text += decimalText(int64(s), int64(Second)) + "s"
	}
	return text
}

func smallDuration(d Duration) string {
	u := durations.list[0]
	for _, larger := range durations.list[1:4] {
		if int64(d) >= larger.scale {
			u = larger
		}
	}
	return decimalText(int64(d), u.scale) + u.name
}

// MarshalText is String.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText is ParseDuration.
func (d *Duration) UnmarshalText(text []byte) (err error) {
	*d, err = ParseDuration(string(text))
	return err
}

// Grammar describes a duration to a reader.
func (Duration) Grammar() string { return "a duration: 250us, 5ms, 1.5s, 2m, 1h30m" }
