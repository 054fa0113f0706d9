package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// withoutHost cuts the host object, the one part of a result that may differ
// from run to run, out of the bytes of a result and leaves the others alone.
func withoutHost(text []byte) ([]byte, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, fmt.Errorf("the output is no JSON object: %.80q", text)
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, err
		}
		from := d.InputOffset()
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, err
		}
		if key == "host" {
			return append(bytes.Clone(text[:from]), text[d.InputOffset():]...), nil
		}
	}
	return nil, errors.New("the result has no host object")
}

// firstDifference shows the first line in which two texts differ.
func firstDifference(want, got []byte) string {
	w, g := bytes.Split(want, []byte("\n")), bytes.Split(got, []byte("\n"))
	for i := range min(len(w), len(g)) {
		if !bytes.Equal(w[i], g[i]) {
			return fmt.Sprintf("          line %d: %.200s\n          but was %.200s\n", i+1, g[i], w[i])
		}
	}
	return fmt.Sprintf("          %d lines instead of %d\n", len(g), len(w))
}
