package unit

import (
	"fmt"
	"math/big"
	"strings"
)

// Size is a number of bytes.
type Size int64

// The units of a size: decimal, and binary with an i.
const (
	Byte Size = 1
	KB        = 1000 * Byte
	MB        = 1000 * KB
	GB        = 1000 * MB
	TB        = 1000 * GB
	KiB       = 1024 * Byte
	MiB       = 1024 * KiB
	GiB       = 1024 * MiB
	TiB       = 1024 * GiB
)

var sizes = suffixes{
	what: "size", example: "512B or 4KiB",
	list: []suffix{
		{"B", 1}, {"kB", int64(KB)}, {"KB", int64(KB)}, {"MB", int64(MB)}, {"GB", int64(GB)}, {"TB", int64(TB)},
		{"KiB", int64(KiB)}, {"MiB", int64(MiB)}, {"GiB", int64(GiB)}, {"TiB", int64(TiB)},
	},
	aliases: map[string]string{
		"k": "kB", "m": "MB", "g": "GB", "t": "TB", "byte": "B", "bytes": "B",
		"ki": "KiB", "mi": "MiB", "gi": "GiB", "ti": "TiB",
	},
}

// bits are suffixes that some read as bits and others as bytes, and the bytes
// in a thousand such bits.
var bits = map[string]struct {
	inBytes string
	scale   int64
}{
	"kb": {"kB", 1000}, "Kb": {"kB", 1000}, "mb": {"MB", 1e6}, "Mb": {"MB", 1e6}, "gb": {"GB", 1e9}, "Gb": {"GB", 1e9},
	"kbit": {"kB", 1000}, "Mbit": {"MB", 1e6}, "Gbit": {"GB", 1e9},
}

// bothReadings refuses 5Mb: five megabytes to some, and 625 kB to others.
func bothReadings(value *big.Rat, number, name string) error {
	b := bits[name]
	prefix := strings.TrimSuffix(b.inBytes, "B")
	asBytes := number + b.inBytes
	inBits, err := scaled(new(big.Rat).Quo(value, big.NewRat(8, 1)), b.scale, "", "", "")
	if err != nil {
		return fmt.Errorf("a size is in bytes: write %s if %s is meant as bytes", asBytes, name)
	}
	return fmt.Errorf("a size is in bytes: write %s if %s is meant as bytes, or %s%sbit = %s if as bits", asBytes, name, number, prefix, Size(inBits))
}

// ParseSize reads a size: 512B, 4KiB, 1.5MB. 1 kB and 1 KB are 1000 bytes,
// 1 KiB is 1024. Only 0 may stand without a unit.
func ParseSize(text string) (Size, error) {
	s, err := parseSize(text)
	if err != nil {
		return 0, refuse(text, err)
	}
	return s, nil
}

func parseSize(text string) (Size, error) {
	value, name, err := leadingNumber(text)
	if err != nil {
		return 0, err
	}
	if name == "" && value.Sign() == 0 {
		return 0, nil
	}
	if _, ambiguous := bits[name]; ambiguous {
		return 0, bothReadings(value, strings.TrimSuffix(text, name), name)
	}
	scale, err := sizes.find(name)
	if err != nil {
		return 0, err
	}
	n, err := scaled(value, scale, "a size", "bytes", "4 EiB")
	return Size(n), err
}

// String writes the shortest of 4KiB, 1MB, 1.5kB, 999B; it parses back to s.
func (s Size) String() string {
	if s < 0 {
		return "-" + (-s).String()
	}
	best := decimalText(int64(s), 1) + "B"
	for _, u := range sizes.list[1:] {
		if int64(s) < u.scale || u.name == "KB" {
			continue
		}
		if text := decimalText(int64(s), u.scale) + u.name; len(text) <= len(best) {
			best = text
		}
	}
	return best
}

// MarshalText is String.
func (s Size) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText is ParseSize.
func (s *Size) UnmarshalText(text []byte) (err error) {
	*s, err = ParseSize(string(text))
	return err
}

// Grammar describes a size to a reader.
func (Size) Grammar() string { return "a size: 512B, 4KiB, 1.5MB" }
