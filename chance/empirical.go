package chance

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/meshdyno/meshdyno/unit"
)

// table is an empirical distribution: its values in order, each with the share
// of the weight up to and with it.
type table struct {
	values []int64
	upTo   []float64
}

// draw inverts the empirical distribution function at a uniform number.
func (t *table) draw(s *Stream) int64 {
	if t == nil {
		return 0
	}
	u := s.Float64()
	low, high := 0, len(t.upTo)-1
	for low < high {
		if middle := (low + high) / 2; u < t.upTo[middle] {
			high = middle
		} else {
			low = middle + 1
		}
	}
	return t.values[low]
}

// empirical reads the file name, after the parenthesis.
func (p *parser) empirical() (Dist, error) {
	p.spaces()
	start := p.at
	name := strings.TrimRight(p.until("()"), blank)
	switch {
	case !p.take(')'):
		return Dist{}, p.refuse(p.at, "empirical lacks its closing parenthesis: empirical(FILE.csv)")
	case name == "":
		return Dist{}, p.refuse(start, "empirical needs a file: empirical(FILE.csv)")
	case strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\ufffd' }):
		return Dist{}, p.refuse(start, "a file name has no control characters, got %s", unit.Quote(name))
	}
	m := &more{text: "empirical(" + name + ")", mean: math.NaN(), second: math.NaN(), file: name}
	return Dist{kind: empirical, base: p.base, more: m}, nil
}

// NeedsFile names the first file that an empirical distribution in d still
// lacks, "" when there is none. Until SetFile has read it, its draws are 0.
func (d *Dist) NeedsFile() string {
	if d.more == nil {
		return ""
	}
	if d.kind == empirical && d.more.table == nil {
		return d.more.file
	}
	for i := range d.more.parts {
		if name := d.more.parts[i].dist.NeedsFile(); name != "" {
			return name
		}
	}
	return ""
}

// SetFile reads every file that d lacks through read, and parses it: one value
// with its unit on each line, or the columns value,weight with a header line.
func (d *Dist) SetFile(read func(name string) ([]byte, error)) error {
	if d.NeedsFile() == "" {
		return nil
	}
	m := *d.more // copies of d keep theirs
	if d.kind == mixture {
		m.parts = slices.Clone(m.parts)
		for i := range m.parts {
			if err := m.parts[i].dist.SetFile(read); err != nil {
				return err
			}
		}
		m.summarise()
		d.more = &m
		return nil
	}
	data, err := read(m.file)
	if err != nil {
		return err
	}
	rows, err := parseTable(string(data), d.base)
	if err != nil {
		return fmt.Errorf("%s:%w", m.file, err)
	}
	m.setTable(rows)
	d.more = &m
	return nil
}

// row is one line of an empirical file.
type row struct {
	value  int64
	weight float64
}

// setTable sorts the rows, adds up equal values and computes the moments.
func (m *more) setTable(rows []row) {
	slices.SortStableFunc(rows, func(a, b row) int { return cmp.Compare(a.value, b.value) })
	total := 0.0
	for _, r := range rows {
		total += r.weight
	}
	t := &table{}
	sum, mean, second := 0.0, 0.0, 0.0
	for i, r := range rows {
		share, v := r.weight/total, float64(r.value)
		sum += r.weight
		mean += float64(share * v)
		second += float64(share * float64(v*v))
		if i+1 < len(rows) && rows[i+1].value == r.value {
			continue
		}
		t.values, t.upTo = append(t.values, r.value), append(t.upTo, sum/total)
	}
	m.table, m.mean, m.second = t, mean, second
}

// parseTable reads the lines of an empirical file; errors begin with the line.
func parseTable(text string, b base) ([]row, error) {
	var rows []row
	weighted := false
	total := 0.0
	text = strings.TrimPrefix(text, "\ufeff")
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if header := strings.ReplaceAll(line, " ", ""); len(rows) == 0 && (header == "value" || header == "value,weight") {
			weighted = header == "value,weight"
			continue
		}
		if line == "" {
			continue
		}
		r, err := parseRow(line, weighted, b)
		if err != nil {
			return nil, fmt.Errorf("%d: %w", i+1, err)
		}
		rows, total = append(rows, r), total+r.weight
	}
	if !(total > 0) {
		return nil, fmt.Errorf("1: no values: it needs one value on a line, or the columns value,weight with a header, and weights above 0")
	}
	return rows, nil
}

func parseRow(line string, weighted bool, b base) (row, error) {
	value, weight, two := strings.Cut(line, ",")
	switch {
	case two && !weighted:
		return row{}, fmt.Errorf("two columns need the header value,weight: %s", unit.Quote(line))
	case !two && weighted:
		return row{}, fmt.Errorf("the weight is missing: %s", unit.Quote(line))
	}
	v, err := b.parse(strings.TrimSpace(value))
	if err != nil || !two {
		return row{v, 1}, err
	}
	w, err := unit.ParseNumber(strings.TrimSpace(weight))
	if err != nil {
		return row{}, fmt.Errorf("weight: %w", err)
	}
	return row{v, w}, nil
}
