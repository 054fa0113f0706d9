//go:build linux

package policy

import . "strings"

func words(text string) []string { return Fields(text) }
