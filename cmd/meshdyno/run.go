package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/meshdyno/meshdyno/reports"
	"github.com/meshdyno/meshdyno/result"
	"github.com/meshdyno/meshdyno/scenarios"
)

type runVerb struct {
	Scenario     string       `arg:"" help:"A file, or a name of the library (see meshdyno list); - is standard input."`
	Seed         seedFlag     `placeholder:"N" help:"All chance comes from this one number, instead of the scenario's."`
	Replications countFlag    `placeholder:"N" default:"1" help:"Run N times, with the seed and those after it, on all cores; gives 95% intervals."`
	Duration     durationFlag `placeholder:"D" help:"Simulated time that is measured, such as 90s, instead of the scenario's."`
	Set          []string     `placeholder:"PATH=VALUE" sep:"none" help:"Change one thing in the scenario, such as policies.0.retry.num_retries=0 (repeatable)."`
	JSON         pathFlag     `name:"json" placeholder:"FILE" help:"Write the whole result as JSON; - is standard output, and then nothing else is written there."`
	Out          pathFlag     `placeholder:"DIR" help:"Write everything there: result.json, report.txt, scenario.yaml."`
	Quiet        bool         `help:"Print no report and no progress; failures are still said."`
	Strict       bool         `help:"Warnings, and expectations that cannot be told, are failures."`
	NoColor      bool         `help:"No colours; so do NO_COLOR and TERM=dumb."`
	ASCII        bool         `name:"ascii" help:"Draw with ASCII characters only."`
}

// Run reads the scenario, makes sure that the results can be written, simulates,
// saves, prints, and judges; in this order, so that nothing is lost on the way.
func (v *runVerb) Run(a *app) error {
	s, err := a.Open(v.Scenario, v.changes(), a.stdin)
	if err != nil {
		return wrongInput(err)
	}
	out, err := prepare(v.JSON, v.Out)
	if err != nil {
		return unfinished(err)
	}
	defer out.release()

	r, runErr := v.simulate(a, s)
	if r == nil {
		return runErr
	}
	if err := a.deliver(v, out, s, r); err != nil {
		return err
	}
	if runErr != nil {
		return runErr
	}
	return a.judge(v, r)
}

// changes are the flags as the sets that they stand for; the last one wins.
func (v *runVerb) changes() []string {
	sets := append([]string(nil), v.Set...)
	if v.Seed.given {
		sets = append(sets, fmt.Sprintf("seed=%d", v.Seed.value))
	}
	if v.Duration != "" {
		sets = append(sets, "duration="+string(v.Duration))
	}
	return sets
}

// simulate runs s. With an error there may be a result all the same: what was
// finished before.
func (v *runVerb) simulate(a *app, s scenario) (*result.Result, error) {
	bar := a.progress(v.Quiet)
	r, err := s.Run(a.ctx, int(v.Replications), bar.show)
	bar.clear()
	a.saving.Store(true)
	switch {
	case err == nil:
		return r, nil
	case errors.Is(err, scenarios.ErrSeeds):
		return nil, wrongInput(fmt.Errorf("meshdyno: %w", err))
	case !errors.Is(err, context.Canceled):
		return r, unfinished(fmt.Errorf("meshdyno: %w", err))
	case r == nil:
		return nil, &failure{exitInterrupted, errors.New("meshdyno: interrupted before anything was finished")}
	}
	if r.Interrupted == "" {
		r.Interrupted = "before the end"
	}
	return r, &failure{exitInterrupted, fmt.Errorf("meshdyno: interrupted: %s", r.Interrupted)}
}

// deliver saves the files first and prints second: whoever closes our standard
// output still has the files, and whose disk is full still has the page.
func (a *app) deliver(v *runVerb, out *outputs, s scenario, r *result.Result) error {
	lost := out.save(s, r)
	var err error
	switch {
	case out.jsonToStdout:
		err = reports.JSON(a.stdout, r)
	case !v.Quiet:
		err = reports.Terminal(a.stdout, r, a.terminalOptions(v.NoColor, v.ASCII))
	}
	if err != nil && !closedPipe(err) {
		lost = errors.Join(lost, outputError(err))
	}
	if lost != nil {
		return unfinished(lost)
	}
	return nil
}

// judge gives exit code 1 to a result that is not as it should be. Where no
// report was printed, it says why.
func (a *app) judge(v *runVerb, r *result.Result) error {
	missed := reports.Failed(r)
	if v.Strict {
		missed = append(missed, reports.Untold(r)...)
	}
	if v.Quiet || v.JSON == "-" {
		for _, verdict := range missed {
			a.say("FAIL " + verdict.Check + ": observed " + verdict.Observed + note(verdict.Note))
		}
	}
	if v.Strict && len(r.Warnings) > 0 {
		for _, text := range r.Warnings {
			a.say("strict: " + text)
		}
		return &failure{code: exitMissed}
	}
	if len(missed) > 0 {
		return &failure{code: exitMissed}
	}
	return nil
}

func note(text string) string {
	if text == "" {
		return ""
	}
	return " (" + text + ")"
}
