package reports

import "strings"

// table is rows of cells under titles: the first column to the left and as wide
// as the page leaves, the others to the right and as wide as they need.
type table struct {
	titles []string
	rows   [][]string
	paint  map[[2]int]func(string) string // of (row, column), where not plain
}

func newTable(titles ...string) *table {
	return &table{titles: titles, paint: map[[2]int]func(string) string{}}
}

func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

// mark gives a cell of the last row a painter.
func (t *table) mark(column int, paint func(string) string) {
	t.paint[[2]int{len(t.rows) - 1, column}] = paint
}

// widths measures the columns; each but the first holds a blank before it.
func (t *table) widths(page, indent int) []int {
	w := make([]int, len(t.titles))
	for _, row := range append([][]string{t.titles}, t.rows...) {
		for i, cell := range row {
			w[i] = max(w[i], width(cell)+1)
		}
	}
	w[0]--
	rest := page - indent
	for _, n := range w[1:] {
		rest -= n
	}
	w[0] = min(w[0], rest)
	return w
}

// spread widens the columns after the first evenly, so that a small table does
// not stick together; at most by two each.
func spread(w []int, page, indent int) {
	total := indent
	for _, n := range w {
		total += n
	}
	each := min(2, max(0, page-total)/max(1, len(w)-1))
	for i := range w[1:] {
		w[i+1] += each
	}
}

// tableRows writes t and calls after(i) when row i is written.
func (p *page) tableRows(t *table, indent int, after func(i int)) {
	w := t.widths(p.width, indent)
	spread(w, p.width, indent)
	p.tableRow(t.titles, w, indent, func(int) func(string) string { return p.in(dim) })
	for i, row := range t.rows {
		p.tableRow(row, w, indent, func(column int) func(string) string { return t.paint[[2]int{i, column}] })
		after(i)
	}
}

func (p *page) tableRow(cells []string, w []int, indent int, painter func(column int) func(string) string) {
	line := []string{strings.Repeat(" ", indent)}
	for i, cell := range cells {
		if i == 0 {
			cell = padRight(fit(cell, w[0], p.ellipsis), w[0])
		} else {
			cell = padLeft(cell, w[i])
		}
		if paint := painter(i); paint != nil {
			cell = paint(cell)
		}
		line = append(line, cell)
	}
	p.line(line...)
}
