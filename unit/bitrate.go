package unit

import (
	"errors"
	"fmt"
	"math/big"
	"strings"
)

// BitRate is a number of bits per second. Zero, which cannot be written, means
// unlimited.
type BitRate int64

// The units of a bit rate.
const (
	BitPerSecond BitRate = 1
	Kbps                 = 1000 * BitPerSecond
	Mbps                 = 1000 * Kbps
	Gbps                 = 1000 * Mbps
	Tbps                 = 1000 * Gbps
)

var bitRates = suffixes{
	what: "bit rate", example: "100Mbps or 10Gbps",
	list: []suffix{
		{"bps", 1}, {"kbps", int64(Kbps)}, {"Kbps", int64(Kbps)}, {"Mbps", int64(Mbps)}, {"Gbps", int64(Gbps)}, {"Tbps", int64(Tbps)},
	},
	aliases: map[string]string{
		"k": "kbps", "m": "Mbps", "g": "Gbps", "t": "Tbps",
		"mbit": "Mbps", "mbit/s": "Mbps", "gbit": "Gbps", "gbit/s": "Gbps", "kbit/s": "kbps", "gb": "Gbps", "mb": "Mbps",
	},
}

// ParseBitRate reads a bit rate: 100Mbps, 10Gbps.
func ParseBitRate(text string) (BitRate, error) {
	b, err := parseBitRate(text)
	if err != nil {
		return 0, refuse(text, err)
	}
	return b, nil
}

func parseBitRate(text string) (BitRate, error) {
	value, name, err := leadingNumber(text)
	switch {
	case err != nil:
		return 0, err
	case value.Sign() == 0:
		return 0, errors.New("a bit rate of 0 carries nothing; leave it out for unlimited")
	}
	if bits, ok := inBits(value, name); ok {
		return 0, fmt.Errorf("a bit rate is in bits, not bytes: write %s", bits)
	}
	scale, err := bitRates.find(name)
	if err != nil {
		return 0, err
	}
	n, err := scaled(value, scale, "a bit rate", "bits per second", "4 million Tbps")
	return BitRate(n), err
}

// inBits translates 10MB/s and 10MBps into 80Mbps.
func inBits(value *big.Rat, name string) (BitRate, bool) {
	for _, ending := range []string{"B/s", "Bps", "B/sec"} {
		prefix, ok := strings.CutSuffix(name, ending)
		if !ok {
			continue
		}
		scale, err := bitRates.find(prefix + "bps")
		if err != nil {
			return 0, false
		}
		bits, err := scaled(value, 8*scale, "", "", "")
		return BitRate(bits), err == nil
	}
	return 0, false
}

// String writes 10Gbps, 1.5Mbps; it parses back to b. Zero is unlimited.
func (b BitRate) String() string {
	switch {
	case b < 0:
		return "-" + (-b).String()
	case b == 0:
		return "unlimited"
	}
	u := bitRates.list[0]
	for _, larger := range bitRates.list[1:] {
		if int64(b) >= larger.scale && larger.name != "Kbps" {
			u = larger
		}
	}
	return decimalText(int64(b), u.scale) + u.name
}

// MarshalText is String.
func (b BitRate) MarshalText() ([]byte, error) { return []byte(b.String()), nil }

// UnmarshalText is ParseBitRate.
func (b *BitRate) UnmarshalText(text []byte) (err error) {
	*b, err = ParseBitRate(string(text))
	return err
}

// Grammar describes a bit rate to a reader.
func (BitRate) Grammar() string { return "a bit rate: 64kbps, 100Mbps, 10Gbps" }
