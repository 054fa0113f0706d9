package policy_test

import "testing"

// TestHeaderMatchers is Envoy's http/header_utility_test.cc, MatchHeadersTest:
// the values that a header came with, and what then; nothing is a header that
// is not there. Its deprecated exact_match, prefix_match and so on are the same
// conditions of string_match.
func TestHeaderMatchers(t *testing.T) {
	has := func(values ...string) []string { return values }
	for _, c := range []struct {
		name, condition string
		yes, nay        [][]string
	}{
		{"MayMatchOneOrMoreRequestHeader, a regex", "safe_regex: (a|b)", [][]string{has("a")}, [][]string{nil, has("a", "b")}},
		{"MayMatchOneOrMoreRequestHeader, exact", `exact: "a,b"`, [][]string{has("a", "b")}, nil},
		{"HeaderPresence", "", [][]string{has("value"), has("")}, [][]string{nil}},
		{"HeaderPresenceTreatMissingAsEmpty", "treat_missing_header_as_empty: true", [][]string{has("value"), nil}, nil},
		{"HeaderExactMatch", "exact: match-value", [][]string{has("match-value")}, [][]string{has("other-value"), nil}},
		{"HeaderExactMatchInverse", "exact: match-value, invert_match: true", [][]string{has("other-value")}, [][]string{has("match-value"), nil}},
		{"HeaderExactMatchInverseTreatMissingAsEmpty", "exact: match-value, invert_match: true, treat_missing_header_as_empty: true", [][]string{has("other-value"), nil}, [][]string{has("match-value")}},
		{"HeaderSafeRegexMatch", `safe_regex: '\d{3}'`, [][]string{has("123")}, [][]string{has("1234", "123.456"), has("1234")}},
		{"HeaderSafeRegexInverseMatch", `safe_regex: '\d{3}', invert_match: true`, [][]string{has("1234", "123.456")}, [][]string{has("123"), nil}},
		{"HeaderSafeRegexInverseMatchTreatMissingAsEmpty", `safe_regex: '\d{3}', invert_match: true, treat_missing_header_as_empty: true`, [][]string{has("1234", "123.456"), nil}, [][]string{has("123")}},
		{"HeaderRangeMatch", "range_match: {start: -10, end: 0}", [][]string{has("-1"), has("-10")}, [][]string{has("0", "somestring", "10.9", "-1somestring"), has("0"), has("somestring"), has("10.9"), has("-1somestring"), has(""), has("-")}},
		{"HeaderRangeInverseMatch", "range_match: {start: -10, end: 0}, invert_match: true", [][]string{has("0", "somestring", "10.9", "-1somestring"), has("0"), has("somestring")}, [][]string{has("-1"), nil}},
		{"HeaderRangeInverseMatchTreatMissingAsEmpty", "range_match: {start: -10, end: 0}, invert_match: true, treat_missing_header_as_empty: true", [][]string{has("0", "somestring"), nil}, [][]string{has("-1")}},
		{"HeaderPresentMatchWithTrueValue", "present_match: true", [][]string{has("123")}, [][]string{nil}},
		{"HeaderPresentMatchWithTrueValueTreatMissingAsEmpty", "present_match: true, treat_missing_header_as_empty: true", [][]string{has("123"), nil}, nil},
		{"HeaderPresentMatchWithFalseValue", "present_match: false", [][]string{nil}, [][]string{has("123")}},
		{"HeaderPresentMatchWithFalseValueTreatMissingAsEmpty", "present_match: false, treat_missing_header_as_empty: true", nil, [][]string{has("123"), nil}},
		{"HeaderPresentInverseMatchWithTrueValue", "present_match: true, invert_match: true", [][]string{nil}, [][]string{has("123")}},
		{"HeaderPresentInverseMatchWithTrueValueTreatMissingAsEmpty", "present_match: true, invert_match: true, treat_missing_header_as_empty: true", nil, [][]string{has("123"), nil}},
		{"HeaderPresentInverseMatchWithFalseValue", "present_match: false, invert_match: true", [][]string{has("123")}, [][]string{nil}},
		{"HeaderPresentInverseMatchWithFalseValueTreatMissingAsEmpty", "present_match: false, invert_match: true, treat_missing_header_as_empty: true", [][]string{has("123"), nil}, nil},
		{"HeaderPrefixMatch", "prefix: value", [][]string{has("value123")}, [][]string{has("123value")}},
		{"HeaderPrefixMatchTreatMissingAsEmpty", "prefix: value, treat_missing_header_as_empty: true", [][]string{has("value123")}, [][]string{has("123value"), nil}},
		{"HeaderPrefixInverseMatch", "prefix: value, invert_match: true", [][]string{has("123value")}, [][]string{has("value123"), nil}},
		{"HeaderPrefixInverseMatchTreatMissingAsEmpty", "prefix: value, invert_match: true, treat_missing_header_as_empty: true", [][]string{has("123value"), nil}, [][]string{has("value123")}},
		{"HeaderSuffixMatch", "suffix: value", [][]string{has("123value")}, [][]string{has("value123")}},
		{"HeaderSuffixMatchTreatMissingAsEmpty", "suffix: value, treat_missing_header_as_empty: true", [][]string{has("123value")}, [][]string{has("value123"), nil}},
		{"HeaderSuffixInverseMatch", "suffix: value, invert_match: true", [][]string{has("value123")}, [][]string{has("123value"), nil}},
		{"HeaderSuffixInverseMatchTreatMissingAsEmpty", "suffix: value, invert_match: true, treat_missing_header_as_empty: true", [][]string{has("value123"), nil}, [][]string{has("123value")}},
		{"HeaderContainsMatch", "contains: onevalue", [][]string{has("123onevalue456")}, [][]string{has("123anothervalue456")}},
		{"HeaderContainsMatchTreatMissngAsEmpty", "contains: onevalue, treat_missing_header_as_empty: true", [][]string{has("123onevalue456")}, [][]string{has("123anothervalue456"), nil}},
		{"HeaderContainsInverseMatch", "contains: onevalue, invert_match: true", [][]string{has("123anothervalue456")}, [][]string{has("123onevalue456"), nil}},
		{"HeaderContainsInverseMatchTreatMissingAsEmpty", "contains: onevalue, invert_match: true, treat_missing_header_as_empty: true", [][]string{has("123anothervalue456"), nil}, [][]string{has("123onevalue456")}},
		{"HeaderStringMatch", "exact: match-value", [][]string{has("match-value")}, [][]string{has("other-value")}},
		{"HeaderStringMatchTreatMissingAsEmpty", "exact: match-value, treat_missing_header_as_empty: true", [][]string{has("match-value")}, [][]string{has("other-value"), nil}},
		{"HeaderStringMatchIgnoreCase", "contains: onevalue, ignore_case: true", [][]string{has("123onevalue456"), has("123OneValue456")}, [][]string{has("123anothervalue456")}},
		{"HeaderStringMatchIgnoreCaseTreatMissingAsEmpty", "contains: onevalue, ignore_case: true, treat_missing_header_as_empty: true", [][]string{has("123onevalue456"), has("123OneValue456")}, [][]string{has("123anothervalue456"), nil}},
		{"HeaderStringMatchInverse", "exact: match-value, invert_match: true", [][]string{has("other-value")}, [][]string{has("match-value")}},
		{"HeaderStringMatchInverseTreatMissingAsEmpty", "exact: match-value, invert_match: true, treat_missing_header_as_empty: true", [][]string{has("other-value"), nil}, [][]string{has("match-value")}},
		{"an empty text is one", `exact: ""`, [][]string{has("")}, [][]string{has("a"), nil}},
	} {
		m := matching(t, "{headers: {Match-Header: {"+c.condition+"}}}")
		for _, values := range c.yes {
			if !m.Meets(&letter{headers: map[string][]string{"match-header": values, "other": {"match-value"}}}, 0) {
				t.Errorf("%s: %q does not match", c.name, values)
			}
		}
		for _, values := range c.nay {
			if m.Meets(&letter{headers: map[string][]string{"match-header": values, "other": {"match-value"}}}, 0) {
				t.Errorf("%s: %q matches", c.name, values)
			}
		}
	}
}

// TestAllHeadersMustMatch is header_utility_test.cc, MustMatchAllHeaderData.
func TestAllHeadersMustMatch(t *testing.T) {
	m := matching(t, "{headers: {match-header-A: {}, match-header-B: {}}}")
	for _, c := range []struct {
		headers []string
		want    bool
	}{
		{[]string{"match-header-A: 1", "match-header-B: 2"}, true},
		{[]string{"match-header-A: 3", "match-header-B: 4", "match-header-C: 5"}, true},
		{[]string{"match-header-A: 6"}, false},
		{[]string{"match-header-B: 7"}, false},
		{[]string{"match-header-A: 8", "match-header-C: 9"}, false},
		{[]string{"match-header-C: 10", "match-header-D: 11"}, false},
	} {
		if got := m.Meets(get("x", "/", c.headers...), 0); got != c.want {
			t.Errorf("%v: %t", c.headers, got)
		}
	}
}

// TestCookies follows Envoy's config_utility.cc, CookieMatcher: that a cookie is
// not there meets the opposite of every condition.
func TestCookies(t *testing.T) {
	const missing = "other=1"
	for _, c := range []struct {
		condition string
		yes, nay  []string
	}{
		{"beta", []string{"session=beta", `session="beta"; session=alpha`, "a=b;session=beta"}, []string{"session=alpha; session=beta", missing, "session"}},
		{"{}", []string{"session=", "session=x"}, []string{missing}},
		{"{prefix: be, invert_match: true}", []string{"session=alpha", missing}, []string{"session=beta"}},
		{`{exact: "", treat_missing_cookie_as_empty: true}`, []string{"session=", missing}, []string{"session=x"}},
		{"{range_match: {start: 0, end: 10}}", []string{"session=9"}, []string{"session=10", "session=x", missing}},
		{"{range_match: {start: 0, end: 10}, invert_match: true}", []string{"session=10", missing}, []string{"session=9"}},
		{"{present_match: false}", []string{missing}, []string{"session=x"}},
		{"{present_match: false, invert_match: true}", []string{"session=x"}, []string{missing}},
		{"{treat_missing_cookie_as_empty: true}", []string{"session=x"}, []string{missing}},
	} {
		m := matching(t, "{cookies: {session: "+c.condition+"}}")
		for _, cookies := range c.yes {
			if !m.Meets(get("x", "/", "cookie: a=1", "cookie: "+cookies), 0) {
				t.Errorf("%s: %s does not match", c.condition, cookies)
			}
		}
		for _, cookies := range c.nay {
			if m.Meets(get("x", "/", "cookie: a=1", "cookie: "+cookies), 0) {
				t.Errorf("%s: %s matches", c.condition, cookies)
			}
		}
	}
}

// TestWholeNumbers: what absl::SimpleAtoi reads.
func TestWholeNumbers(t *testing.T) {
	m := matching(t, "{headers: {x: {range_match: {start: -9223372036854775808, end: 9223372036854775807}}}}")
	expectAll(t, "{headers: {x: {range_match: {start: -9223372036854775808, end: 9223372036854775807}}}}",
		"0 +1 -1 007 9223372036854775806 -9223372036854775808", "9223372036854775808 -9223372036854775809 99999999999999999999 0x1 1_0 + - 1e3",
		func(word string) *letter { return get("x", "/", "x: "+word) })
	if !m.Meets(get("x", "/", "x:  12 "), 0) {
		t.Error("spaces around a number do not matter")
	}
}
