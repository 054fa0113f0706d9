package main

import (
	"strings"
	"testing"
)

func TestOnlyTheHostIsCut(t *testing.T) {
	one, err := withoutHost([]byte(`{"seed": 1, "traffic": {"host": {"requests": 2}}, "host": {"wall_s": 0.8, "go": "x"}, "last": 3}`))
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"seed": 1, "traffic": {"host": {"requests": 2}}, "host", "last": 3}`
	if string(one) != want {
		t.Errorf("got  %s\nwant %s", one, want)
	}
}

func TestOtherOutputIsAnError(t *testing.T) {
	for text, want := range map[string]string{
		"":            "no JSON object",
		"progress 3%": "no JSON object",
		`{"seed": 1}`: "no host object",
		`{"seed": `:   "EOF",
	} {
		if _, err := withoutHost([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got error %v, want %q", text, err, want)
		}
	}
}

func TestFirstDifference(t *testing.T) {
	for _, c := range []struct{ want, got, says string }{
		{"a\nb\nc", "a\nx\nc", "line 2: x"},
		{"a\nb", "a\nb\nc", "3 lines instead of 2"},
	} {
		if said := firstDifference([]byte(c.want), []byte(c.got)); !strings.Contains(said, c.says) {
			t.Errorf("%q against %q: got %q, want %q in it", c.got, c.want, said, c.says)
		}
	}
}
