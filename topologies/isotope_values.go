package topologies

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/internal/strict"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/unit"
)

var nameForm = regexp.MustCompile(strict.NamePattern)

func (r *isotope) name(n *yaml.Node, what string) (string, bool) {
	text, ok := r.scalar(n, what)
	if ok && !nameForm.MatchString(text) {
		r.fail(n, "%s must be a to z, 0 to 9, - and _ inside, 63 characters at most (got %s)", what, strict.Show(text))
		return "", false
	}
	return text, ok
}

func (r *isotope) truth(n *yaml.Node, what string) bool {
	text, ok := r.scalar(n, what)
	if ok && text != "true" && text != "false" || ok && strict.Follow(n).Style != 0 {
		r.fail(n, "%s must be true or false (got %s)", what, strict.Show(text))
	}
	return text == "true"
}

// protocol reads `type`. The mock serves HTTP whatever it says.
func (r *isotope) protocol(n *yaml.Node, s *mesh.Service) {
	switch text, ok := r.scalar(n, "type"); {
	case !ok:
	case text == "http":
		s.Protocol = "http1"
	case text == "grpc":
		s.Protocol = "grpc"
		r.note(n, Differs, "type: grpc is taken at its word; isotope's mock serves HTTP all the same")
	default:
		r.fail(n, "unknown service type %s (allowed http, grpc)", strict.Show(text))
	}
}

func (r *isotope) cluster(key, n *yaml.Node, s *mesh.Service) {
	if text, ok := r.name(n, "cluster"); ok {
		s.Zones = []string{text}
		r.note(key, Kept, "cluster %s is kept as the zone of the service", text)
	}
}

func (r *isotope) namespace(key, n *yaml.Node) {
	if text, ok := r.scalar(n, "namespace"); ok {
		r.note(key, NotModelled, "namespace %s is not modelled: services are known by their names alone", text)
	}
}

// errorRate reads a number up to 1, or a percentage. The mock fails every n-th
// request, counted, before its script begins; a scenario tosses a coin after it.
func (r *isotope) errorRate(n *yaml.Node) unit.Ratio {
	text, ok := r.scalar(n, "errorRate")
	if !ok {
		return 0
	}
	rate, err := share(text, strict.Follow(n))
	if err != nil {
		r.fail(n, "errorRate %s", err)
		return 0
	}
	if each := uint64(float64(rate) * 10000); each > 0 {
		r.note(n, Differs, "errorRate %s is a coin tossed after the script; isotope fails every %s request, before it", text, ordinal(10000/each))
	} else if rate > 0 {
		r.note(n, Differs, "errorRate %s is a coin tossed after the script; isotope's mock crashes on rates below 0.0001", text)
	}
	return rate
}

// leastShare is the least rate above 0 that a scenario can write.
const leastShare = 1e-12

// share reads 0.1 as a number, "0.1%" as a text.
func share(text string, n *yaml.Node) (unit.Ratio, error) {
	number, isPercent := strings.CutSuffix(text, "%")
	isText := n.Style != 0 || n.Tag == "!!str"
	exact, err := unit.ParseRatio(text)
	rate := float64(exact)
	if err != nil { // as with an exponent
		if rate, err = strconv.ParseFloat(number, 64); isPercent {
			rate /= 100
		}
	}
	if err != nil || isText != isPercent || !(rate >= 0 && rate <= 1) || rate > 0 && rate < leastShare {
		return 0, fmt.Errorf("must be a number from 0 to 1, or a percentage such as \"0.1%%\" (got %s)", strict.Show(text))
	}
	return unit.Ratio(rate), nil
}

// percent is the ratio nearest to p/100.
func percent(p int) unit.Ratio { return unit.Ratio(float64(p) / 100) }

func ordinal(n uint64) string {
	if n == 1 {
		return "single"
	}
	suffix := "th"
	if n%100 < 11 || n%100 > 13 {
		switch n % 10 {
		case 1:
			suffix = "st"
		case 2:
			suffix = "nd"
		case 3:
			suffix = "rd"
		}
	}
	return strconv.FormatUint(n, 10) + suffix
}

// size reads whole bytes, or a text in Docker's units.
func (r *isotope) size(n *yaml.Node, what string) unit.Size {
	text, ok := r.scalar(n, what)
	if !ok {
		return 0
	}
	if plain := strict.Follow(n); plain.Style == 0 && plain.Tag != "!!str" {
		bytes, _ := r.whole(n, what, 0, chance.Largest)
		return unit.Size(bytes)
	}
	bytes, err := ramInBytes(text)
	if err != nil {
		r.fail(n, "%s: %s is no size (%v); write 128, 10k or 1 KB", what, strict.Show(text), err)
	}
	return unit.Size(bytes)
}

// ramInBytes reads a size as docker/go-units does: k, m, g, t, p are powers of
// 1024, in either case, with or without b or ib after them, after a space or not.
func ramInBytes(text string) (int64, error) {
	end := strings.LastIndexAny(text, "0123456789. ")
	if end < 0 {
		return 0, errors.New("no digit in it")
	}
	number, suffix := strings.TrimSuffix(text[:end+1], " "), strings.ToLower(text[end+1:])
	value, err := strconv.ParseFloat(number, 64)
	switch {
	case err != nil || math.IsNaN(value):
		return 0, errors.New("no number before the unit")
	case value < 0:
		return 0, errors.New("must not be negative")
	}
	power, ok := binaryPower(suffix)
	if !ok {
		return 0, errors.New("unknown unit; have b, k, m, g, t, p, also with b or ib")
	}
	for range power {
		value *= 1024
	}
	if !(value <= chance.Largest) {
		return 0, errors.New("too large: a size is at most 4096 PiB")
	}
	return int64(value), nil
}

func binaryPower(suffix string) (power int, ok bool) {
	if suffix == "" || suffix == "b" {
		return 0, true
	}
	power = strings.IndexByte("kmgtp", suffix[0]) + 1
	rest := suffix[1:]
	return power, power > 0 && (rest == "" || rest == "b" || rest == "ib")
}

// goDuration reads a duration as Go writes it.
func goDuration(text string) (unit.Duration, error) {
	d, err := time.ParseDuration(text)
	switch {
	case err != nil:
		return 0, fmt.Errorf("%s is no duration; write 10ms or 1.5s", strict.Show(text))
	case d < 0:
		return 0, fmt.Errorf("must not be negative (got %s)", strict.Show(text))
	case int64(d) > chance.Largest:
		return 0, fmt.Errorf("must be at most 146 years (got %s)", strict.Show(text))
	}
	return unit.Duration(d), nil
}

// wholeNumber reads a plain decimal; the error is a hint on what to write.
func wholeNumber(text string) (int, error) {
	if digits := strings.TrimLeft(text, "0"); len(text) > 1 && text[0] == '0' && digits != "" {
		return 0, fmt.Errorf("; some read this as octal, so write it without the leading 0")
	}
	n, err := strconv.Atoi(text)
	if err != nil || strings.HasPrefix(text, "+") {
		return 0, errors.New("")
	}
	return n, nil
}
