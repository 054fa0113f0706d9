package policy

import "strings"

// matcher is a Match made ready: every group of it has to hold, each by one of
// its conditions.
type matcher struct {
	all condition
	any []condition // one of these too; empty: nothing further
}

// condition is a Condition made ready.
type condition struct {
	parts    uint32 // of a million, that the draw of the request lies below; above for all
	host     textMatcher
	noPort   bool
	path     textMatcher
	divided  int // length of a prefix that a slash or nothing follows; 0: none
	method   string
	headers  []headerMatcher
	query    []queryMatcher
	cookies  []headerMatcher
	grpc     *GRPCMatch
	anyHost  bool
	fraction bool
}

// million is in how many parts a share is counted: Envoy's finest denominator
// (FractionalPercent).
const million = 1_000_000

func (m *Match) compile() *matcher {
	ready := &matcher{all: m.Condition.compile()}
	for i := range m.AnyOf {
		ready.any = append(ready.any, m.AnyOf[i].compile())
	}
	return ready
}

func (c *Condition) compile() condition {
	ready := condition{host: hostMatcher(c.Host), noPort: c.IgnorePort, path: c.pathMatcher(), divided: len(c.PathSeparatedPrefix),
		method: c.Method, grpc: c.GRPC, anyHost: c.Host == "" || c.Host == "*"}
	if c.RuntimeFraction != nil {
		ready.fraction, ready.parts = true, partsOf(float64(*c.RuntimeFraction))
	}
	for i := range c.Headers {
		ready.headers = append(ready.headers, c.Headers[i].compile())
	}
	for i := range c.QueryParameters {
		p := &c.QueryParameters[i]
		ready.query = append(ready.query, queryMatcher{p.Name, newValueMatcher(&p.StringMatch, nil, p.PresentMatch)})
	}
	for i := range c.Cookies {
		k := &c.Cookies[i]
		ready.cookies = append(ready.cookies, headerMatcher{k.Name, newValueMatcher(&k.StringMatch, k.RangeMatch, k.PresentMatch), k.InvertMatch, k.TreatMissingCookieAsEmpty})
	}
	return ready
}

// partsOf counts a share in millionths.
func partsOf(share float64) uint32 { return uint32(float64(share*million) + 0.5) }

// hostMatcher reads a domain as a virtual host has it. A star stands for one
// character at least.
func hostMatcher(host string) textMatcher {
	switch {
	case strings.HasPrefix(host, "*"):
		return newTextMatcher(suffixText, host[1:], true)
	case strings.HasSuffix(host, "*"):
		return newTextMatcher(prefixText, host[:len(host)-1], true)
	}
	return newTextMatcher(exactText, host, true)
}

func (c *Condition) pathMatcher() textMatcher {
	switch {
	case c.Path != "":
		return newTextMatcher(exactText, c.Path, !c.CaseSensitive)
	case c.Prefix != "":
		return newTextMatcher(prefixText, c.Prefix, !c.CaseSensitive)
	case c.PathSeparatedPrefix != "":
		return newTextMatcher(prefixText, c.PathSeparatedPrefix, !c.CaseSensitive)
	case c.SafeRegex != nil:
		return textMatcher{kind: regexText, regex: c.SafeRegex.Regex.whole}
	}
	return textMatcher{}
}

// valueMatcher is a condition on a value that may not be there.
type valueMatcher struct {
	kind       valueKind
	text       textMatcher
	start, end int64
}

type valueKind uint8

const (
	isThere valueKind = iota
	isMissing
	isLike
	isBetween
)

func newValueMatcher(s *StringMatch, r *RangeMatch, present *bool) valueMatcher {
	switch {
	case r != nil:
		return valueMatcher{kind: isBetween, start: r.Start, end: r.End}
	case s.given() > 0:
		return valueMatcher{kind: isLike, text: s.compile()}
	case present != nil && !*present:
		return valueMatcher{kind: isMissing}
	}
	return valueMatcher{kind: isThere}
}

func (h *HeaderMatch) compile() headerMatcher {
	return headerMatcher{strings.ToLower(h.Name), newValueMatcher(&h.StringMatch, h.RangeMatch, h.PresentMatch), h.InvertMatch, h.TreatMissingHeaderAsEmpty}
}

// headerMatcher is a HeaderMatch or a CookieMatch made ready.
type headerMatcher struct {
	name   string
	value  valueMatcher
	invert bool
	empty  bool // what is missing counts as empty
}

// queryMatcher is a QueryParameterMatch made ready.
type queryMatcher struct {
	name  string
	value valueMatcher
}
