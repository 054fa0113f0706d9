package unit

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"strings"
)

// Rate is a number of events per second.
type Rate float64

// The range of a rate above zero: from one in 30,000 years to one each
// nanosecond.
const (
	slowest = 1e-12
	fastest = 1e9
)

var rates = suffixes{
	what: "rate", example: "400/s or 30/m",
	list: []suffix{{"/s", 1}, {"/m", 60}, {"/h", 3600}},
	aliases: map[string]string{
		"/sec": "/s", "/second": "/s", "rps": "/s", "qps": "/s", "hz": "/s", "req/s": "/s", "ps": "/s",
		"/min": "/m", "/minute": "/m", "rpm": "/m", "/hour": "/h", "/hr": "/h",
	},
}

// ParseRate reads a rate: 400/s, 30/m, 5/h, 0.5/s.
func ParseRate(text string) (Rate, error) {
	r, err := parseRate(text)
	if err != nil {
		return 0, refuse(text, err)
	}
	return r, nil
}

func parseRate(text string) (Rate, error) {
	value, name, err := leadingNumber(text)
	if err != nil {
		return 0, err
	}
	if name == "/ms" || name == "/us" || name == "/ns" {
		return 0, errors.New("a rate is per second, minute or hour (/s, /m, /h)")
	}
	seconds, err := rates.find(name)
	if err != nil {
		return 0, err
	}
	perSecond, _ := value.Quo(value, new(big.Rat).SetInt64(seconds)).Float64()
	if perSecond > fastest || perSecond != 0 && perSecond < slowest {
		return 0, fmt.Errorf("out of range: a rate is 0/s, or from one in 30,000 years to one each nanosecond (1000000000/s)")
	}
	return Rate(perSecond), nil
}

// String writes 400/s, or 5/h where that is much shorter; it parses back to r.
func (r Rate) String() string {
	best := FormatNumber(float64(r)) + "/s"
	if !(r >= slowest && r <= fastest) {
		return best
	}
	for _, u := range rates.list[1:] {
		text := FormatNumber(float64(float64(r)*float64(u.scale))) + u.name
		if back, err := parseRate(text); err == nil && back == r && len(text)+2 < len(best) { // per second unless that is clumsy
			best = text
		}
	}
	return best
}

// Each is the time between two events at this rate, in nanoseconds; infinite
// for 0/s.
func (r Rate) Each() float64 {
	if r == 0 {
		return math.Inf(1)
	}
	return 1e9 / float64(r)
}

// MarshalText is String.
func (r Rate) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText is ParseRate.
func (r *Rate) UnmarshalText(text []byte) (err error) {
	*r, err = ParseRate(string(text))
	return err
}

// Grammar describes a rate to a reader.
func (Rate) Grammar() string { return "a rate: 400/s, 30/m, 0.5/s" }

// RateSpan is a rate that changes evenly from one value to another; the two are
// equal for a rate that stays.
type RateSpan struct{ From, To Rate }

// ParseRateSpan reads a rate, or a ramp: 400/s..1200/s.
func ParseRateSpan(text string) (RateSpan, error) {
	from, to, ramp := strings.Cut(text, "..")
	if !ramp && strings.Count(text, "/") > 1 {
		return RateSpan{}, refuse(text, errors.New("a ramp is written 400/s..1200/s"))
	}
	first, err := ParseRate(from)
	if err != nil || !ramp {
		return RateSpan{first, first}, err
	}
	last, err := ParseRate(to)
	if err != nil {
		return RateSpan{}, err
	}
	return RateSpan{first, last}, nil
}

// String writes 400/s or 400/s..1200/s.
func (s RateSpan) String() string {
	if s.From == s.To {
		return s.From.String()
	}
	return s.From.String() + ".." + s.To.String()
}

// MarshalText is String.
func (s RateSpan) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText is ParseRateSpan.
func (s *RateSpan) UnmarshalText(text []byte) (err error) {
	*s, err = ParseRateSpan(string(text))
	return err
}

// Grammar describes a rate or ramp to a reader.
func (RateSpan) Grammar() string { return "a rate or a ramp: 400/s, 400/s..1200/s" }
