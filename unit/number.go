package unit

import (
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	longestNumber = 64      // characters; a slip of the keyboard or an attack beyond that
	longestQuote  = 60      // runes of the user's text shown in an error
	largest       = 1 << 62 // of every whole quantity, so that sums of two stay in range
)

// Quote shows a user's text inside an error: escaped, and cut to 60 runes.
func Quote(text string) string {
	if utf8.RuneCountInString(text) <= longestQuote {
		return strconv.Quote(text)
	}
	return strconv.Quote(string([]rune(text)[:longestQuote])) + "..."
}

// ParseNumber reads a plain decimal number that is not negative, such as 0.7:
// no sign, exponent, underscore, leading zero or hexadecimal digits.
func ParseNumber(text string) (float64, error) {
	r, rest, err := leadingNumber(text)
	if err == nil && rest != "" {
		err = fmt.Errorf("a plain number has no unit: %s stands after it", Quote(rest))
	}
	if err != nil {
		return 0, refuse(text, err)
	}
	f, _ := r.Float64()
	return f, nil
}

// FormatNumber writes f so that ParseNumber reads the same value.
func FormatNumber(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

// refuse puts the text before what is wrong with it.
func refuse(text string, why error) error { return fmt.Errorf("%s: %w", Quote(text), why) }

// leadingNumber reads the number that text begins with, exactly, and returns
// what follows it.
func leadingNumber(text string) (value *big.Rat, rest string, err error) {
	end := strings.IndexFunc(text, func(r rune) bool { return (r < '0' || r > '9') && r != '.' })
	if end < 0 {
		end = len(text)
	}
	number, rest := text[:end], text[end:]
	if err := wellFormed(number, rest); err != nil {
		return nil, "", err
	}
	value, ok := new(big.Rat).SetString(number)
	if !ok {
		return nil, "", errors.New("not a number")
	}
	return value, rest, nil
}

// wellFormed says what is wrong with a number and with what stands right after
// it, in words that name the remedy.
func wellFormed(number, rest string) error {
	whole, fraction, point := strings.Cut(number, ".")
	switch {
	case number == "":
		return noNumber(rest)
	case number == ".":
		return errors.New("not a number")
	case len(number) > longestNumber:
		return fmt.Errorf("a number may have at most %d characters", longestNumber)
	case strings.Contains(fraction, "."):
		return errors.New("a number has one decimal point at most")
	case point && fraction == "":
		return errors.New("a digit must follow the decimal point")
	case point && whole == "":
		return fmt.Errorf("write 0.%s", fraction)
	case len(whole) > 1 && whole[0] == '0':
		return leadingZero(whole)
	}
	return plain(rest)
}

// plain refuses the notations of programming languages.
func plain(rest string) error {
	switch {
	case rest == "":
		return nil
	case rest[0] == '_':
		return errors.New("a number is written without underscores")
	case rest[0] == 'x' || rest[0] == 'X':
		return errors.New("a number is a plain decimal, not hexadecimal")
	case len(rest) > 1 && (rest[0] == 'e' || rest[0] == 'E') && strings.ContainsRune("+-0123456789", rune(rest[1])):
		return errors.New("a number is a plain decimal: write it out, without an exponent")
	}
	return nil
}

func noNumber(rest string) error {
	switch {
	case rest == "":
		return errors.New("it is empty")
	case strings.HasPrefix(rest, "-"):
		return errors.New("must not be negative")
	case strings.HasPrefix(rest, "+"):
		return errors.New("write it without the plus sign")
	case strings.TrimLeft(rest, " \t") != rest:
		return errors.New("begins with a space")
	}
	return errors.New("must begin with a number")
}

// leadingZero refuses 010, which is 8 to some readers and 10 to others.
func leadingZero(whole string) error {
	decimal := strings.TrimLeft(whole, "0")
	if decimal == "" {
		decimal = "0"
	}
	octal, err := strconv.ParseUint(whole, 8, 64)
	if err != nil || decimal == "0" || strconv.FormatUint(octal, 10) == decimal {
		return fmt.Errorf("a number has no leading zero: write %s", decimal)
	}
	return fmt.Errorf("a number has no leading zero: write %d or %s", octal, decimal)
}

// scaled returns value * scale, which must be whole and in range. The words
// are for the errors: "a duration", "1 ns", "146 years".
func scaled(value *big.Rat, scale int64, what, grain, limit string) (int64, error) {
	product := new(big.Rat).Mul(value, new(big.Rat).SetInt64(scale))
	switch {
	case product.Cmp(new(big.Rat).SetInt64(largest)) > 0:
		return 0, fmt.Errorf("too large: %s is at most %s", what, limit)
	case !product.IsInt():
		return 0, fmt.Errorf("too fine: %s is a whole number of %s", what, grain)
	}
	return product.Num().Int64(), nil
}

// decimalText writes v/scale exactly; scale is a product of twos and fives, so
// that the digits end.
func decimalText(v, scale int64) string {
	text := strconv.FormatInt(v/scale, 10)
	rest := v % scale
	if rest == 0 {
		return text
	}
	digits := []byte(text + ".")
	for ; rest != 0; rest = rest * 10 % scale {
		digits = append(digits, '0'+byte(rest*10/scale))
	}
	return string(digits)
}
