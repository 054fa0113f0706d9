package stats

import "github.com/meshdyno/meshdyno/mesh"

// intervals cuts the time from a start on into equal cells, [start, start+every)
// and so on. Time comes in rising order, so finding the cell is a comparison.
type intervals struct {
	from, every, next mesh.Time
	cell              int // -1 before the start
}

func newIntervals(from, every mesh.Time) intervals {
	return intervals{from: from, every: every, next: from, cell: -1}
}

func (v *intervals) at(now mesh.Time) int {
	if now >= v.next {
		v.advance(now)
	}
	return v.cell
}

func (v *intervals) advance(now mesh.Time) {
	v.cell = int((now - v.from) / v.every)
	v.next = v.from + mesh.Time(v.cell+1)*v.every
}

// count says how many intervals begin before a moment; the last may be cut short.
func (v *intervals) count(until mesh.Time) int {
	return int(max(0, until-v.from+v.every-1) / v.every)
}

// Counts is a number of events per interval: arrivals, answers, errors.
type Counts struct {
	intervals
	counts []uint64
}

// NewCounts counts in intervals of so many nanoseconds; events before from do
// not count.
func NewCounts(from, every mesh.Time) *Counts {
	return &Counts{intervals: newIntervals(from, every)}
}

// Add counts n events now, which never runs backwards.
func (c *Counts) Add(now mesh.Time, n uint64) {
	cell := c.at(now)
	if cell < 0 {
		return
	}
	for cell >= len(c.counts) {
		c.counts = append(c.counts, 0)
	}
	c.counts[cell] += n
}

// Rates lists the events per second of every interval that begins before until.
func (c *Counts) Rates(until mesh.Time) []float64 {
	rates := make([]float64, c.count(until))
	for i := range min(len(rates), len(c.counts)) {
		begin := c.from + mesh.Time(i)*c.every
		rates[i] = float64(c.counts[i]) / min(c.every, until-begin).Seconds()
	}
	return rates
}

// Levels is the time average of a level per interval: a queue, workers at work,
// the number in system.
type Levels struct {
	now   TimeWeighted
	every mesh.Time
	from  mesh.Time
	next  mesh.Time
	means []float64
}

// NewLevels averages over intervals of so many nanoseconds from a moment on.
// The level is kept before that too, so that the first interval begins with it.
func NewLevels(from, every mesh.Time) *Levels {
	return &Levels{from: from, every: every, next: from}
}

// Set says that the level is this from now on.
func (l *Levels) Set(now mesh.Time, level int64) {
	if now >= l.next {
		l.roll(now)
	}
	l.now.Set(now, level)
}

// Add says that the level rises by delta now.
func (l *Levels) Add(now mesh.Time, delta int64) { l.Set(now, l.now.level+delta) }

func (l *Levels) roll(now mesh.Time) {
	for ; now >= l.next; l.next += l.every {
		if l.next > l.from {
			l.means = append(l.means, l.now.Mean(l.next))
		}
		l.now.Set(l.next, l.now.level)
		l.now.Cut(l.next)
	}
}

// Means lists the average of every interval that begins before until. The last
// may be cut short.
func (l *Levels) Means(until mesh.Time) []float64 {
	upTo := *l
	upTo.means = append([]float64(nil), l.means...)
	upTo.roll(until)
	if until > upTo.now.from && until > l.from {
		upTo.means = append(upTo.means, upTo.now.Mean(until))
	}
	return upTo.means
}

// Latencies is a latency distribution per interval.
type Latencies struct {
	intervals
	digits  int
	samples []Latency
}

// NewLatencies records in intervals of so many nanoseconds, with so many
// significant digits; samples before from do not count.
func NewLatencies(from, every mesh.Time, digits int) *Latencies {
	return &Latencies{intervals: newIntervals(from, every), digits: digits}
}

// Record adds one sample now, which never runs backwards.
func (l *Latencies) Record(now mesh.Time, ns int64) {
	cell := l.at(now)
	if cell < 0 {
		return
	}
	l.reach(cell + 1)
	l.samples[cell].Record(ns)
}

func (l *Latencies) reach(cells int) {
	for len(l.samples) < cells {
		l.samples = append(l.samples, LatencyOf(l.digits))
	}
}

// Merge adds the samples of o, interval by interval: the same intervals of
// another replication.
func (l *Latencies) Merge(o *Latencies) {
	l.reach(len(o.samples))
	for i := range o.samples {
		l.samples[i].Merge(&o.samples[i])
	}
}

// Quantiles lists one quantile, in milliseconds, of every interval that begins
// before until; 0 where nothing was recorded.
func (l *Latencies) Quantiles(until mesh.Time, q float64) []float64 {
	values := make([]float64, l.count(until))
	for i := range min(len(values), len(l.samples)) {
		values[i] = milliseconds(l.samples[i].Quantile(q))
	}
	return values
}

// Average is the mean, point by point, of the same timeline in every
// replication, taken in the order given. They must be equally long.
func Average(series ...[]float64) []float64 {
	if len(series) == 0 {
		return nil
	}
	sum := make([]float64, len(series[0]))
	for _, s := range series {
		for i := range sum {
			sum[i] += s[i]
		}
	}
	for i := range sum {
		sum[i] /= float64(len(series))
	}
	return sum
}
