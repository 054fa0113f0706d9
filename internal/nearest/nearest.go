package nearest

import "strings"

// longest is the length up to which names are compared; longer ones are not
// slips of the finger.
const longest = 64

// Name returns the name of have that is nearest to got, "" when none is near.
// Near is at most two edits (insert, drop, change, swap of neighbours) and at
// most a third of the length, but one edit at least is forgiven; case and the
// difference of - and _ are not counted. Of equally near names the first wins.
func Name(got string, have []string) string {
	if got == "" || len(got) > longest {
		return ""
	}
	best, least := "", allowed(len(got))+1
	folded := fold(got)
	for _, name := range have {
		if name == got || len(name) > longest || abs(len(name)-len(got)) >= least {
			continue
		}
		if d := distance(folded, fold(name)); d < least {
			best, least = name, d
		}
	}
	return best
}

func allowed(length int) int { return max(1, min(2, length/3)) }

func abs(x int) int { return max(x, -x) }

func fold(s string) string { return strings.ReplaceAll(strings.ToLower(s), "-", "_") }

// distance is the optimal string alignment distance, over bytes: names are
// ASCII, and for others a rough answer will do.
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, last, row = last, row, before
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := last[j-1]
			if a[i-1] != b[j-1] {
				change++
			}
			row[j] = min(change, last[j]+1, row[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
	}
	return row[len(b)]
}
