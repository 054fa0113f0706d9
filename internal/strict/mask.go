package strict

import (
	"bytes"
	"strings"
)

// Between the parentheses of a call, commas and colons are part of the value:
// normal(1ms, 100us), mix(90%: exp(1ms), 10%: exp(20ms)). YAML would end the
// value there, so they go through the parser in disguise, one character for one
// so that columns stay true, and are put back in every scalar. A disguise that
// was not needed, as in a comment or a quoted text, does no harm.
const (
	maskedComma = '\uE000'
	maskedColon = '\uE001'
)

var (
	mask   = strings.NewReplacer(",", string(maskedComma), ":", string(maskedColon))
	unmask = strings.NewReplacer(string(maskedComma), ",", string(maskedColon), ":")
)

// maskCalls disguises the commas and colons of every call in data, and reports
// whether it did. Text that already holds the disguises is left alone.
func maskCalls(data []byte) ([]byte, bool) {
	if bytes.ContainsRune(data, maskedComma) || bytes.ContainsRune(data, maskedColon) {
		return data, false
	}
	var out bytes.Buffer
	done := 0
	for at := 0; at < len(data); at++ {
		if data[at] != '(' || !beginsCall(data, at) {
			continue
		}
		length, closed := callLength(data[at:])
		if closed {
			out.Write(data[done:at])
			out.WriteString(mask.Replace(string(data[at : at+length])))
			done = at + length
		}
		at += length - 1
	}
	if done == 0 {
		return data, false
	}
	out.Write(data[done:])
	return out.Bytes(), true
}

// unmasked is a scalar as it was written. Most hold no disguise.
func unmasked(s string) string {
	if strings.IndexByte(s, string(maskedComma)[0]) < 0 {
		return s
	}
	return unmask.Replace(s)
}

// beginsCall reports whether the parenthesis at follows a word that begins a value.
func beginsCall(data []byte, at int) bool {
	const longestWord = 32
	word := at
	for word > 0 && at-word <= longestWord && isWord(data[word-1]) {
		word--
	}
	return word < at && (word == 0 || strings.IndexByte(" \t\n\r[{,=", data[word-1]) >= 0)
}

func isWord(c byte) bool {
	return c == '_' || c == '.' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// callLength is how far the call reaches that begins with the parenthesis
// text[0], or how far one has to look to see that it is not closed on its line
// or holds what no call holds.
func callLength(text []byte) (length int, closed bool) {
	depth := 0
	for i, c := range text {
		switch c {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i + 1, true
			}
		case '\n', '\r', '"', '\'', '#', '[', ']', '{', '}':
			return i, false
		}
	}
	return len(text), false
}
