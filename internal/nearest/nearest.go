package nearest

import "strings"

// longest is how many runes of a name are looked at; real names are shorter.
const longest = 64

// Name returns the entry of have that got is most likely a slip of: the same
// word in another case, one or two typing errors away, or its abbreviation. It
// returns "" when nothing is near; of equally near entries the first wins.
func Name(got string, have []string) string {
	word := fold(got)
	if len(word) == 0 {
		return ""
	}
	best, least := "", len(word)/3+1
	for _, name := range have {
		if d := distance(word, fold(name)); d < least || d == least && best == "" && d <= len(word)/2 {
			best, least = name, d
		}
	}
	if best != "" {
		return best
	}
	return abbreviated(word, have)
}

// abbreviated finds a name that begins with word, or the other way around;
// three letters at least, lest everything resembles everything.
func abbreviated(word []rune, have []string) string {
	for _, name := range have {
		short, long := string(fold(name)), string(word)
		if len(short) > len(long) {
			short, long = long, short
		}
		if len(short) >= 3 && strings.HasPrefix(long, short) {
			return name
		}
	}
	return ""
}

func fold(s string) []rune {
	runes := make([]rune, 0, longest)
	for _, r := range strings.ToLower(s) {
		if len(runes) == longest {
			break
		}
		if r == '-' {
			r = '_' // retry-on and retry_on are the same slip
		}
		runes = append(runes, r)
	}
	return runes
}

// distance counts the insertions, deletions, replacements and swaps of
// neighbours that turn a into b (optimal string alignment).
func distance(a, b []rune) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range a {
		row[0] = i + 1
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(last[j]+cost, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
