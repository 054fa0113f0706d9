package unit

import (
	"errors"
	"fmt"
	"math/big"
	"strings"
)

// Ratio is a share: 0.2 is 20%. It is not negative; what its largest value is
// depends on where it stands.
type Ratio float64

const greatestRatio = 1e6

// ParseRatio reads a ratio: 0.1% or 0.001. The result is the double nearest to
// the decimal written, so 20% and 0.2 are equal.
func ParseRatio(text string) (Ratio, error) {
	r, err := parseRatio(text)
	if err != nil {
		return 0, refuse(text, err)
	}
	return r, nil
}

func parseRatio(text string) (Ratio, error) {
	value, rest, err := leadingNumber(text)
	switch {
	case err != nil:
		return 0, err
	case rest == "%":
		value.Quo(value, big.NewRat(100, 1))
	case strings.TrimSpace(rest) == "%":
		return 0, errors.New("no space between the number and %")
	case rest != "":
		return 0, fmt.Errorf("a ratio is written 0.1%% or 0.001: %s stands after the number", Quote(rest))
	}
	f, _ := value.Float64()
	if f > greatestRatio {
		return 0, errors.New("too large: a ratio is at most 1000000")
	}
	return Ratio(f), nil
}

// String writes a percentage, 0.1%; it parses back to r.
func (r Ratio) String() string { return percent(FormatNumber(float64(r))) + "%" }

// percent moves the decimal point of a number two places to the right.
func percent(number string) string {
	whole, fraction, _ := strings.Cut(number, ".")
	fraction += strings.Repeat("0", max(0, 2-len(fraction)))
	whole, fraction = strings.TrimLeft(whole+fraction[:2], "0"), fraction[2:]
	if whole == "" {
		whole = "0"
	}
	if fraction == "" {
		return whole
	}
	return whole + "." + fraction
}

// MarshalText is String.
func (r Ratio) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText is ParseRatio.
func (r *Ratio) UnmarshalText(text []byte) (err error) {
	*r, err = ParseRatio(string(text))
	return err
}

// Grammar describes a ratio to a reader.
func (Ratio) Grammar() string { return "a ratio: 0.1% or 0.001" }
