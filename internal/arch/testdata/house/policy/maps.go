package policy

import (
	"maps"
	"net/http"
)

type weights map[string]int

func first(w weights, h http.Header) string {
	for name := range w {
		return name
	}
	for name := range h {
		return name
	}
	for name := range maps.Keys(w) {
		return name
	}
	for _, x := range nowhere() {
		return x
	}
	return ""
}
