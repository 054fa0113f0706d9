package unit_test

import (
	"encoding"
	"fmt"
	"strings"
	"testing"

	"github.com/meshdyno/meshdyno/unit"
)

// quantity is what the five types have in common.
type quantity interface {
	encoding.TextUnmarshaler
	fmt.Stringer
}

func read[T any, P interface {
	*T
	quantity
}](text string) (T, string, error) {
	var v T
	err := P(&v).UnmarshalText([]byte(text))
	return v, P(&v).String(), err
}

// accepted is a text, the value it has, and how that value is written.
type accepted[T any] struct {
	text  string
	want  T
	canon string
}

func accept[T comparable, P interface {
	*T
	quantity
}](t *testing.T, cases []accepted[T]) {
	t.Helper()
	for _, c := range cases {
		got, canon, err := read[T, P](c.text)
		if err != nil || got != c.want || canon != c.canon {
			t.Errorf("%q is %v written %q, %v; want %v written %q", c.text, got, canon, err, c.want, c.canon)
		}
		if back, _, err := read[T, P](canon); err != nil || back != got {
			t.Errorf("%q is written %q, which is read as %v, %v", c.text, canon, back, err)
		}
	}
}

// refuse holds each text to an error that contains the words beside it.
func refuse[T any, P interface {
	*T
	quantity
}](t *testing.T, cases [][2]string) {
	t.Helper()
	for _, c := range cases {
		_, _, err := read[T, P](c[0])
		if err == nil || !strings.Contains(err.Error(), c[1]) {
			t.Errorf("%.80q: got error %v, want one with %q", c[0], err, c[1])
		}
	}
}

func TestDuration(t *testing.T) {
	accept(t, []accepted[unit.Duration]{
		{"250us", 250_000, "250us"},
		{"5ms", 5 * unit.Millisecond, "5ms"},
		{"1.5s", 1500 * unit.Millisecond, "1.5s"},
		{"2m", 2 * unit.Minute, "2m"},
		{"90m", 90 * unit.Minute, "1h30m"},
		{"1h30m", 90 * unit.Minute, "1h30m"},
		{"1m30.5s", 90_500 * unit.Millisecond, "1m30.5s"},
		{"7ns", 7, "7ns"},
		{"0.1ms", 100_000, "100us"}, // 0.1 is no double, and yet exact
		{"0.000000001s", 1, "1ns"},
		{"5\u00b5s", 5000, "5us"},
		{"5\u03bcs", 5000, "5us"},
		{"1000ms", unit.Second, "1s"},
		{"60s", unit.Minute, "1m"},
		{"0", 0, "0s"},
		{"0.0", 0, "0s"},
		{"0s", 0, "0s"},
		{"4611686018.427387904s", 1 << 62, "1281023h53m38.427387904s"},
	})
	refuse[unit.Duration](t, [][2]string{
		{"5", "a duration needs a unit: write 5ms or 5s"},
		{"5 msec", "unknown unit \"msec\" of a duration (have ns, us, ms, s, m, h); did you mean ms?"},
		{"5 s", "no space between the number and its unit s"},
		{"5 ", "a space follows the number"},
		{" 5s", "begins with a space"},
		{"5sec", "did you mean s?"},
		{"5min", "did you mean m?"},
		{"5M", "did you mean m?"},
		{"5parsec", "(have ns, us, ms, s, m, h)"},
		{"-5ms", "must not be negative"},
		{"+5ms", "without the plus sign"},
		{"", "it is empty"},
		{"ms", "must begin with a number"},
		{"nan", "must begin with a number"},
		{".inf", "not a number"},
		{"1e400s", "without an exponent"},
		{"1e3s", "without an exponent"},
		{"1_000s", "without underscores"},
		{"0x10s", "not hexadecimal"},
		{"010s", "write 8 or 10"},
		{"09s", "no leading zero: write 9"},
		{"00s", "no leading zero: write 0"},
		{".5s", "write 0.5"},
		{"5.s", "a digit must follow the decimal point"},
		{"1.2.3s", "one decimal point"},
		{"0.5ns", "too fine: a duration is a whole number of ns"},
		{"200000000h", "too large: a duration is at most 146 years"},
		{"1281023h99999999s", "too large"},
		{"30m1h", "the larger before the smaller"},
		{"1s1s", "each unit stands once"},
		{"1h30", "a duration needs a unit"},
		{strings.Repeat("9", 65) + "s", "at most 64 characters"},
	})
}

func TestSize(t *testing.T) {
	accept(t, []accepted[unit.Size]{
		{"4KiB", 4096, "4KiB"},
		{"1MB", 1_000_000, "1MB"},
		{"1kB", 1000, "1kB"},
		{"1KB", 1000, "1kB"},
		{"1.5kB", 1500, "1.5kB"},
		{"1536B", 1536, "1536B"},
		{"9.5KiB", 9728, "9728B"},
		{"1.5MiB", 1536 << 10, "1.5MiB"},
		{"999B", 999, "999B"},
		{"1023B", 1023, "1023B"},
		{"64KiB", 65536, "64KiB"},
		{"3GB", 3_000_000_000, "3GB"},
		{"2GiB", 2 << 30, "2GiB"},
		{"1TB", unit.TB, "1TB"},
		{"1TiB", unit.TiB, "1TiB"},
		{"0", 0, "0B"},
		{"4611686018427387903B", 1<<62 - 1, "4611686018427387903B"},
	})
	refuse[unit.Size](t, [][2]string{
		{"4096", "a size needs a unit: write 512B or 4KiB"},
		{"5Mb", "write 5MB if Mb is meant as bytes, or 5Mbit = 625kB if as bits"},
		{"5kb", "write 5kB"},
		{"1.5Mbit", "187.5kB"},
		{"4K", "did you mean kB?"},
		{"4Ki", "did you mean KiB?"},
		{"4kib", "did you mean KiB?"},
		{"4 KiB", "no space"},
		{"0.5B", "too fine: a size is a whole number of bytes"},
		{"5000000TiB", "too large: a size is at most 4 EiB"},
		{"-1B", "must not be negative"},
	})
}

func TestBitRate(t *testing.T) {
	accept(t, []accepted[unit.BitRate]{
		{"10Gbps", 10 * unit.Gbps, "10Gbps"},
		{"1.5Mbps", 1500 * unit.Kbps, "1.5Mbps"},
		{"64kbps", 64_000, "64kbps"},
		{"64Kbps", 64_000, "64kbps"},
		{"9bps", 9, "9bps"},
		{"1Tbps", unit.Tbps, "1Tbps"},
	})
	refuse[unit.BitRate](t, [][2]string{
		{"10", "a bit rate needs a unit: write 100Mbps or 10Gbps"},
		{"0", "leave it out for unlimited"},
		{"0Gbps", "leave it out for unlimited"},
		{"10MB/s", "in bits, not bytes: write 80Mbps"},
		{"1GBps", "in bits, not bytes: write 8Gbps"},
		{"10Mbit/s", "did you mean Mbps?"},
		{"10gbps", "did you mean Gbps?"},
		{"0.5bps", "too fine"},
		{"9999999Tbps", "too large"},
	})
}

func TestRate(t *testing.T) {
	accept(t, []accepted[unit.Rate]{
		{"400/s", 400, "400/s"},
		{"0.5/s", 0.5, "0.5/s"},
		{"30/m", 0.5, "0.5/s"},
		{"5/h", 5.0 / 3600, "5/h"},
		{"100/m", 100.0 / 60, "100/m"},
		{"0/s", 0, "0/s"},
		{"1000000000/s", 1e9, "1000000000/s"},
		{"0.1/s", 0.1, "0.1/s"},
	})
	refuse[unit.Rate](t, [][2]string{
		{"400", "a rate needs a unit: write 400/s or 30/m"},
		{"400rps", "unknown unit \"rps\" of a rate (have /s, /m, /h); did you mean /s?"},
		{"400/sec", "did you mean /s?"},
		{"400/ms", "a rate is per second, minute or hour"},
		{"400 /s", "no space"},
		{"1.5k/s", "unknown unit"},
		{"-1/s", "must not be negative"},
		{"nan/s", "must begin with a number"},
		{"1e400/s", "without an exponent"},
		{"1000000001/s", "out of range"},
		{"0.0000000000001/s", "out of range"},
	})
	if each := unit.Rate(400).Each(); each != 2.5e6 {
		t.Errorf("at 400/s one comes each %v ns, want 2.5 ms", each)
	}
}

func TestRateSpan(t *testing.T) {
	accept(t, []accepted[unit.RateSpan]{
		{"400/s", unit.RateSpan{From: 400, To: 400}, "400/s"},
		{"400/s..1200/s", unit.RateSpan{From: 400, To: 1200}, "400/s..1200/s"},
		{"0/s..30/m", unit.RateSpan{From: 0, To: 0.5}, "0/s..0.5/s"},
		{"0.5/s..0.5/s", unit.RateSpan{From: 0.5, To: 0.5}, "0.5/s"},
	})
	refuse[unit.RateSpan](t, [][2]string{
		{"400..1200/s", "a rate needs a unit"},
		{"400/s..", "it is empty"},
		{"400/s...1200/s", "write 0.1200"},
		{"400/s-1200/s", "a ramp is written 400/s..1200/s"},
		{"400/s..500/s..600/s", "unknown unit"},
	})
}

func TestRatio(t *testing.T) {
	accept(t, []accepted[unit.Ratio]{
		{"20%", 0.2, "20%"}, // 20/100 rounds once: the same double as 0.2
		{"0.2", 0.2, "20%"},
		{"0.1%", 0.001, "0.1%"},
		{"0.001", 0.001, "0.1%"},
		{"99.9%", 0.999, "99.9%"},
		{"0.07%", 0.0007, "0.07%"},
		{"100%", 1, "100%"},
		{"1", 1, "100%"},
		{"150%", 1.5, "150%"},
		{"0", 0, "0%"},
		{"0.00001%", 0.0000001, "0.00001%"},
		{"33.333333333333333333%", 0.33333333333333333333, "33.33333333333333%"},
	})
	refuse[unit.Ratio](t, [][2]string{
		{"20 %", "no space between the number and %"},
		{"1000001", "too large"},
		{"20percent", "a ratio is written 0.1% or 0.001"},
		{"-1%", "must not be negative"},
		{"1e-3", "without an exponent"},
		{".inf", "not a number"},
		{"", "it is empty"},
	})
}

func TestALongTextIsCutAndEscapedInErrors(t *testing.T) {
	_, err := unit.ParseDuration("5" + strings.Repeat("\x1b[31m", 10_000))
	if err == nil || len(err.Error()) > 1000 || strings.Contains(err.Error(), "\x1b") {
		t.Errorf("got %.2000q, want at most 60 escaped runes of the text", err)
	}
}

func TestZeroBitRateIsUnlimited(t *testing.T) {
	if got := unit.BitRate(0).String(); got != "unlimited" {
		t.Errorf("got %q: what was left out must not read as nothing at all", got)
	}
}

// FuzzQuantities: whatever the text, no type panics, and what it accepts is
// written as a text that it reads as the same value.
func FuzzQuantities(f *testing.F) {
	for _, text := range []string{"5ms", "1h30m", "4KiB", "10Gbps", "400/s..1200/s", "0.1%", "010s", "1e9", "5Mb", "0"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		roundTrip[unit.Duration](t, text)
		roundTrip[unit.Size](t, text)
		roundTrip[unit.BitRate](t, text)
		roundTrip[unit.Rate](t, text)
		roundTrip[unit.RateSpan](t, text)
		roundTrip[unit.Ratio](t, text)
	})
}

func roundTrip[T comparable, P interface {
	*T
	quantity
}](t *testing.T, text string) {
	v, canon, err := read[T, P](text)
	if err != nil {
		return
	}
	if back, again, err := read[T, P](canon); err != nil || back != v || again != canon {
		t.Fatalf("%q is %v, written %q, which is read as %v written %q, %v", text, v, canon, back, again, err)
	}
}
