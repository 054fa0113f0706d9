package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/meshdyno/meshdyno/scenarios"
)

type versionVerb struct{}

// Run prints the version, and the revision where the build knows it.
func (*versionVerb) Run(a *app) error {
	text := fmt.Sprintf("meshdyno %s (%s %s/%s%s)\n", scenarios.Version, runtime.Version(), runtime.GOOS, runtime.GOARCH, revision())
	return a.print(text)
}

func revision() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	text, changed := "", ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			text = ", revision " + s.Value[:min(12, len(s.Value))]
		case s.Key == "vcs.modified" && s.Value == "true":
			changed = ", changed since"
		}
	}
	if text == "" {
		return ""
	}
	return text + changed
}
