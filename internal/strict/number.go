package strict

import (
	"errors"
	"math"
	"reflect"
	"regexp"
	"strconv"
	"strings"
)

// The hints that follow an error.
var (
	errNone     = errors.New("")
	errTooLarge = errors.New(": that is too large")
	errQuotes   = errors.New("; true and false are the only words for it")
)

func setBool(text string, v reflect.Value) error {
	if text != "true" && text != "false" {
		return errQuotes
	}
	v.SetBool(text == "true")
	return nil
}

var (
	decimal   = regexp.MustCompile(`^[-+]?(0|[1-9][0-9]*)$`)
	octal     = regexp.MustCompile(`^[-+]?0[0-7]+$`)
	realValue = regexp.MustCompile(`^[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?$`)
)

// notDecimal says why a text is no whole number, and what to write instead.
func notDecimal(text string) error {
	switch {
	case octal.MatchString(text):
		eight, _ := strconv.ParseInt(text, 8, 64)
		ten, _ := strconv.ParseInt(text, 10, 64)
		return errors.New("; some read this as octal: write " + strconv.FormatInt(eight, 10) + " or " + strconv.FormatInt(ten, 10))
	case strings.ContainsAny(text, "_"):
		return errors.New("; leave the _ out")
	}
	if x, err := strconv.ParseFloat(text, 64); err == nil && x == math.Trunc(x) && math.Abs(x) < 1<<53 {
		return errors.New("; write " + strconv.FormatInt(int64(x), 10))
	}
	return errNone
}

func setInt(text string, v reflect.Value) error {
	if !decimal.MatchString(text) {
		return notDecimal(text)
	}
	x, err := strconv.ParseInt(text, 10, v.Type().Bits())
	if err != nil {
		return errTooLarge
	}
	v.SetInt(x)
	return nil
}

func setUint(text string, v reflect.Value) error {
	if strings.HasPrefix(text, "-") {
		return errNone
	}
	if !decimal.MatchString(text) {
		return notDecimal(text)
	}
	x, err := strconv.ParseUint(strings.TrimPrefix(text, "+"), 10, v.Type().Bits())
	if err != nil {
		return errTooLarge
	}
	v.SetUint(x)
	return nil
}

func setFloat(text string, v reflect.Value) error {
	if !realValue.MatchString(text) || octal.MatchString(text) {
		return notDecimal(text)
	}
	x, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return errTooLarge
	}
	v.SetFloat(x)
	return nil
}
