package main

import (
	"fmt"

	"github.com/meshdyno/meshdyno/reports"
)

type checkVerb struct {
	Files []string `arg:"" name:"file" help:"Scenario files, or names of the library; - is standard input."`
	Set   []string `placeholder:"PATH=VALUE" sep:"none" help:"Check with this change (repeatable)."`
}

// Run reads every file and says what is wrong with each; none stops the others.
func (v *checkVerb) Run(a *app) error {
	wrong := 0
	for _, file := range v.Files {
		s, err := a.Open(file, v.Set, a.stdin)
		if err != nil {
			wrong++
			a.say(err.Error())
			continue
		}
		for _, text := range s.Warnings() {
			a.say(file + ": warning: " + text)
		}
		if _, err := fmt.Fprintf(a.stdout, "ok  %s: %s\n", reports.Printable(file), s.Summary()); err != nil {
			return unfinished(outputError(err))
		}
	}
	if wrong == 0 {
		return nil
	}
	if len(v.Files) > 1 {
		a.say(fmt.Sprintf("meshdyno: %d of %d files are wrong", wrong, len(v.Files)))
	}
	return &failure{code: exitInput}
}
