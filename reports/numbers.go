package reports

import (
	"math"
	"strconv"
)

// unknown stands where there is no number to show.
const unknown = "-"

// scale is a unit of engineers: figures from `from` on are shown in it.
type scale struct {
	from float64
	name string
}

// Ascending, so that a figure that rounds up to the next unit is shown in it:
// 999.6us is 1.00ms, never 1000us.
var (
	times = []scale{{1e-6, "ns"}, {1e-3, "us"}, {1, "ms"}, {1e3, "s"}} // of a millisecond
	kilos = []scale{{1, ""}, {1e3, "k"}, {1e6, "M"}, {1e9, "G"}, {1e12, "T"}}
)

// duration shows milliseconds with three figures: 845us, 1.23ms, 12.3s.
func duration(ms float64) string { return durationIn(3, ms) }

func durationIn(figures int, ms float64) string {
	switch {
	case math.Abs(ms) < 1e-9:
		return "0" // far below the nanosecond that a run counts in
	case ms >= 1e7 && !math.IsInf(ms, 0):
		return inUnits(figures, ms/3.6e6, kilos) + "h"
	}
	return inUnits(figures, ms, times)
}

// perSecond shows a rate with three figures: 12.3k/s.
func perSecond(rate float64) string { return quantity(rate) + "/s" }

// quantity shows a bare figure with three figures, fewer below one: 0.42, 31.0,
// 5.12M.
func quantity(x float64) string {
	switch {
	case x > 0 && x < 0.01:
		return "<0.01"
	case x < 1:
		return inUnits(2, x, kilos)
	}
	return inUnits(3, x, kilos)
}

// inUnits rounds x to so many figures first and looks for the unit second.
func inUnits(figures int, x float64, units []scale) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return unknown
	}
	if x < 0 {
		return "-" + inUnits(figures, -x, units)
	}
	switch {
	case x == 0:
		return "0"
	case x >= 1e15:
		return ">999T"
	}
	x = rounded(figures, x)
	unit := units[0]
	for _, u := range units[1:] {
		if x >= u.from {
			unit = u
		}
	}
	x /= unit.from
	return strconv.FormatFloat(x, 'f', decimals(figures, x), 64) + unit.name
}

// rounded keeps the first figures of x, through its decimal form so that halves
// go the same way everywhere.
func rounded(figures int, x float64) float64 {
	y, _ := strconv.ParseFloat(strconv.FormatFloat(x, 'e', figures-1, 64), 64)
	return y
}

// decimals is how many places after the point show so many figures of x; no
// more than four, so that something tiny becomes 0.0001 and then 0.0000.
func decimals(figures int, x float64) int {
	places := figures - 1
	for ; x >= 10 && places > 0; x /= 10 {
		places--
	}
	for ; x < 1 && places < 4; x *= 10 {
		places++
	}
	return places
}

// count shows a whole number, exactly below a million: 48,012, then 5.12M.
func count(n uint64) string {
	if n >= 1e6 {
		return quantity(float64(n))
	}
	if n >= 1e3 {
		return strconv.FormatUint(n/1e3, 10) + "," + strconv.FormatUint(1e3+n%1e3, 10)[1:]
	}
	return strconv.FormatUint(n, 10)
}

// share shows a ratio with two decimals, and never calls almost all "all".
func share(ratio float64) string {
	percent := strconv.FormatFloat(100*ratio, 'f', 2, 64)
	switch {
	case math.IsNaN(ratio) || math.IsInf(ratio, 0):
		return unknown
	case ratio == 0:
		return "0%"
	case ratio == 1:
		return "100%"
	case percent == "100.00" && ratio < 1:
		return ">99.99%"
	case percent == "0.00" && ratio > 0:
		return "<0.01%"
	}
	return percent + "%"
}

// busy shows a utilization in whole per cent, small ones with one decimal.
func busy(ratio float64) string {
	if math.IsNaN(ratio) || math.IsInf(ratio, 0) {
		return unknown
	}
	places := 0
	if ratio > 0 && ratio < 0.0995 {
		places = 1
	}
	return strconv.FormatFloat(100*ratio, 'f', places, 64) + "%"
}

// span shows seconds as a person would say them: 20s, 1m30s, 2h.
func span(seconds float64) string {
	if math.IsNaN(seconds) || math.IsInf(seconds, 0) {
		return unknown
	}
	if seconds < 0 {
		return "-" + span(-seconds)
	}
	if seconds > 0 && seconds < 0.1 {
		return duration(seconds * 1000)
	}
	if seconds < 60 {
		return strconv.FormatFloat(math.Round(seconds*100)/100, 'f', -1, 64) + "s"
	}
	if seconds >= 1e8 {
		return quantity(seconds) + "s"
	}
	whole := int64(math.Round(seconds))
	text := ""
	for _, u := range []struct {
		size int64
		name string
	}{{3600, "h"}, {60, "m"}, {1, "s"}} {
		if n := whole / u.size; n > 0 {
			text += strconv.FormatInt(n, 10) + u.name
		}
		whole %= u.size
	}
	return text
}

// plusMinus is the half-width of [low, high] around mid: the longer side, with
// two figures, as `show` writes them.
func plusMinus(mid float64, ci [2]float64, show func(figures int, x float64) string) string {
	return "±" + show(2, math.Max(ci[1]-mid, mid-ci[0]))
}
