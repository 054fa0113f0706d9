package policy

import "errors"

// HeaderMatch is a condition on a header, whose values are joined by commas
// when it came more than once. A header that says nothing further has to be
// there. Envoy's HeaderMatcher, with the keys of its string_match beside the
// others:
//
//	headers:
//	  x-user: jason
//	  x-canary: {}
//	  x-level: {range_match: {start: 1, end: 10}, invert_match: true}
type HeaderMatch struct {
	Name string `yaml:",key" pattern:"^(:(path|method|authority|status)|[!#$%&'*+.^_|~0-9A-Za-z-]+)$"`
	StringMatch
	RangeMatch                *RangeMatch `yaml:"range_match" doc:"a whole number within bounds"`
	PresentMatch              *bool       `yaml:"present_match" doc:"the header is there; false: it is not"`
	InvertMatch               bool        `yaml:"invert_match" doc:"the opposite; a header that is not there still does not match, unless the condition is on that"`
	TreatMissingHeaderAsEmpty bool        `yaml:"treat_missing_header_as_empty" doc:"a header that is not there counts as one without text"`
}

// Short names the key that a bare text sets.
func (*HeaderMatch) Short() string { return "exact" }

// Check holds h to one condition.
func (h *HeaderMatch) Check() error { return checkOne(&h.StringMatch, h.RangeMatch, h.PresentMatch) }

func checkOne(s *StringMatch, r *RangeMatch, present *bool) error {
	if s.given()+count(r != nil, present != nil) > 1 {
		return errors.New("exactly one condition goes here: exact, prefix, suffix, contains, safe_regex, range_match or present_match")
	}
	return s.check()
}

// RangeMatch holds for the whole numbers from Start to below End.
type RangeMatch struct {
	Start int64 `yaml:"start" required:"true" doc:"the first number within"`
	End   int64 `yaml:"end" required:"true" doc:"the first number beyond"`
}

// Check holds r to some number.
func (r *RangeMatch) Check() error {
	if r.Start >= r.End {
		return errors.New("no number is within: range_match goes from start to below end")
	}
	return nil
}

// QueryParameterMatch is a condition on a parameter in the query, which has to
// be there if nothing is said further. Envoy's QueryParameterMatcher.
type QueryParameterMatch struct {
	Name string `yaml:",key" pattern:"^[^&=#\\s]+$"`
	StringMatch
	PresentMatch *bool `yaml:"present_match" doc:"the parameter is there; false: it is not"`
}

// Short names the key that a bare text sets.
func (*QueryParameterMatch) Short() string { return "exact" }

// Check holds p to one condition.
func (p *QueryParameterMatch) Check() error { return checkOne(&p.StringMatch, nil, p.PresentMatch) }

// CookieMatch is a condition on a cookie, which has to be there if nothing is
// said further. Envoy's CookieMatcher: unlike that of a header, the opposite of
// a condition holds for a cookie that is not there.
type CookieMatch struct {
	Name string `yaml:",key" pattern:"^[!-:<>-~]+$"`
	StringMatch
	RangeMatch                *RangeMatch `yaml:"range_match" doc:"a whole number within bounds"`
	PresentMatch              *bool       `yaml:"present_match" doc:"the cookie is there; false: it is not"`
	InvertMatch               bool        `yaml:"invert_match" doc:"the opposite, which holds for a cookie that is not there"`
	TreatMissingCookieAsEmpty bool        `yaml:"treat_missing_cookie_as_empty" doc:"a cookie that is not there counts as one without text"`
}

// Short names the key that a bare text sets.
func (*CookieMatch) Short() string { return "exact" }

// Check holds c to one condition.
func (c *CookieMatch) Check() error { return checkOne(&c.StringMatch, c.RangeMatch, c.PresentMatch) }

// GRPCMatch holds for gRPC calls, told by their content-type, whose path is
// /SERVICE/METHOD. Gateway API's GRPCMethodMatch.
type GRPCMatch struct {
	Service string `yaml:"service" pattern:"^[0-9A-Za-z_.]+$" doc:"the service with its package: shop.Cart; any when left out"`
	Method  string `yaml:"method" pattern:"^[0-9A-Za-z_]+$" doc:"the method: Add; any when left out"`
}
