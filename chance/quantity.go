package chance

import "github.com/meshdyno/meshdyno/unit"

// Duration is a distribution of durations; it draws whole nanoseconds.
type Duration struct{ Dist }

// ParseDuration reads a distribution of durations: 5ms, exp(5ms),
// lognormal(5ms, p99=40ms)... Its errors are of type *Error.
func ParseDuration(text string) (Duration, error) {
	d, err := parse(text, nanoseconds)
	return Duration{d}, err
}

// FixedDuration is always d.
func FixedDuration(d unit.Duration) Duration { return Duration{fixed(int64(d), nanoseconds)} }

// MarshalText is String.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText is ParseDuration.
func (d *Duration) UnmarshalText(text []byte) (err error) {
	*d, err = ParseDuration(string(text))
	return err
}

// String is the canonical text.
func (d Duration) String() string { return d.Dist.String() }

// Grammar describes a distribution of durations to a reader.
func (Duration) Grammar() string {
	return "a duration or a distribution with that mean: 5ms, exp(5ms), normal(5ms, 1ms), uniform(1ms, 9ms), " +
		"lognormal(5ms, p99=40ms), lognormal(5ms, cv=2), gamma(5ms, cv=0.5), weibull(5ms, shape=0.7), erlang(5ms, k=4), " +
		"pareto(min=1ms, alpha=1.5), pareto(min=1ms, alpha=1.5, max=1s), mix(90%: exp(1ms), 10%: exp(20ms)), empirical(FILE.csv)"
}

// Size is a distribution of sizes; it draws whole bytes.
type Size struct{ Dist }

// ParseSize reads a distribution of sizes: 4KiB, exp(4KiB)... Its errors are of
// type *Error.
func ParseSize(text string) (Size, error) {
	d, err := parse(text, bytes)
	return Size{d}, err
}

// FixedSize is always s.
func FixedSize(s unit.Size) Size { return Size{fixed(int64(s), bytes)} }

// MarshalText is String.
func (s Size) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText is ParseSize.
func (s *Size) UnmarshalText(text []byte) (err error) {
	*s, err = ParseSize(string(text))
	return err
}

// String is the canonical text; of the zero Size, too, with its unit.
func (s Size) String() string {
	s.base = bytes
	return s.Dist.String()
}

// Grammar describes a distribution of sizes to a reader.
func (Size) Grammar() string {
	return "a size or a distribution with that mean: 4KiB, exp(4KiB), normal(4KiB, 1KiB), uniform(1KiB, 9KiB), " +
		"lognormal(4KiB, p99=40KiB), lognormal(4KiB, cv=2), gamma(4KiB, cv=0.5), weibull(4KiB, shape=0.7), erlang(4KiB, k=4), " +
		"pareto(min=1KiB, alpha=1.5), pareto(min=1KiB, alpha=1.5, max=1MiB), mix(90%: 1KiB, 10%: exp(1MiB)), empirical(FILE.csv)"
}
