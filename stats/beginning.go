package stats

import "math"

const (
	beginningBlocks = 10   // the beginning is held against blocks of at most this part of the series
	beginningErrors = 8    // standard deviations of such blocks that it must lie apart
	beginningShift  = 0.01 // of the mean, that it must move the mean of the whole
)

// Beginning finds whether a series, of figures of consecutive intervals of one
// length, begins unlike it goes on: as a run does that starts empty. MSER5 says
// where the beginning would end. It is one only if its first block lies far apart
// from all blocks of that length behind it, whose spread shows how much blocks
// differ in any case, dependent as they are; and if leaving it out moves the mean.
// Noise passes for a beginning less than once in a hundred series.
func Beginning(series []float64) (cut int, ok bool) {
	cut, ok = MSER5(series)
	if !ok || cut == 0 {
		return 0, false
	}
	size := max(1, min(cut, len(series)/beginningBlocks))
	all, rest := mean(series), mean(series[cut:])
	if math.Abs(all-rest) <= beginningShift*math.Abs(rest) {
		return 0, false
	}
	centre, deviation, n := blocks(series[cut:], size)
	apart := math.Abs(mean(series[:size]) - centre)
	return cut, n > 1 && apart > beginningErrors*deviation*math.Sqrt(1+1/n)
}

// blocks cuts a series into blocks of one size, and says what their means are
// around, how far they are spread, and how many there are.
func blocks(series []float64, size int) (centre, deviation, n float64) {
	var squares float64 // Welford
	for ; len(series) >= size; series = series[size:] {
		n++
		delta := mean(series[:size]) - centre
		centre += delta / n
		squares += float64(delta * (mean(series[:size]) - centre))
	}
	return centre, math.Sqrt(squares / max(1, n-1)), n
}
