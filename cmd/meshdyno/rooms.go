package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/meshdyno/meshdyno/internal/strict"
	"github.com/meshdyno/meshdyno/reports"
	"github.com/meshdyno/meshdyno/result"
	"github.com/meshdyno/meshdyno/scenarios"
	"github.com/meshdyno/meshdyno/topologies"
	"github.com/meshdyno/meshdyno/topologies/capture"
	"github.com/meshdyno/meshdyno/unit"
)

// rooms is the real world: the packages below.
type rooms struct{}

// Open reads a scenario; standard input may name no files.
func (rooms) Open(name string, set []string, stdin io.Reader) (scenario, error) {
	s, err := opened(name, scenarios.LoadOptions{Set: set}, stdin)
	if err != nil {
		return nil, err
	}
	return &loaded{s}, nil
}

func opened(name string, o scenarios.LoadOptions, stdin io.Reader) (*scenarios.Scenario, error) {
	if name != "-" {
		return scenarios.Open(name, o)
	}
	text, file, err := readInput(name, stdin)
	if err != nil {
		return nil, err
	}
	return scenarios.Load(file, text, o)
}

// loaded is a scenario that was read.
type loaded struct{ *scenarios.Scenario }

// Run simulates it.
func (l *loaded) Run(ctx context.Context, replications int, progress func(done, total float64)) (*result.Result, error) {
	return scenarios.Run(ctx, l.Scenario, scenarios.RunOptions{Replications: replications, Progress: progress})
}

// Warnings are what looks wrong without being so.
func (l *loaded) Warnings() []string { return l.Scenario.Warnings }

// Summary is its size in one line.
func (l *loaded) Summary() string {
	s := l.Scenario
	parts := []string{many(len(s.Services), "service", "services"), many(len(s.Traffic), "traffic class", "traffic classes"), s.Duration.String()}
	for _, more := range []struct {
		n         int
		one, many string
	}{{len(s.Policies), "policy", "policies"}, {len(s.Faults), "fault", "faults"}, {len(s.Expect), "expectation", "expectations"}} {
		if more.n > 0 {
			parts = append(parts, many(more.n, more.one, more.many))
		}
	}
	return strings.Join(parts, ", ")
}

func many(n int, one, several string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, several)
}

// Source is the file as it was read; with --set, as if it had said so itself.
func (l *loaded) Source() []byte { return l.Scenario.Source }

// Library lists the scenarios that are embedded.
func (rooms) Library() (entries []entry) {
	for _, name := range scenarios.Names() {
		entries = append(entries, entry{name, reports.FirstSentence(aboutOf(name))})
	}
	return entries
}

// Topologies lists the graphs that are embedded, and the generators.
func (rooms) Topologies() (entries []entry) {
	for _, name := range topologies.Library() {
		entries = append(entries, entry{name, reports.FirstSentence(topologies.About(name))})
	}
	for _, g := range topologies.Generators() {
		entries = append(entries, entry{g.Example, g.About})
	}
	return entries
}

// aboutOf is what a scenario of the library says about itself.
func aboutOf(name string) string {
	text, err := scenarios.Source(name)
	if err != nil {
		return ""
	}
	tree, err := strict.Parse(name, text)
	if err != nil {
		return ""
	}
	about, _ := tree.Text("about")
	return about
}

// Reference is everything that a scenario file may say.
func (rooms) Reference() []scenarios.Part { return scenarios.Reference() }

// Schema is the JSON Schema of a scenario file.
func (rooms) Schema() ([]byte, error) { return scenarios.Schema(), nil }

// Import reads an isotope graph and writes a scenario.
func (rooms) Import(_, name string, data []byte, traffic []string) (text []byte, notes []string, err error) {
	rates, err := trafficRates(traffic)
	if err != nil {
		return nil, nil, err
	}
	im, err := topologies.ReadIsotope(name, data)
	if err != nil {
		return nil, nil, err
	}
	return written(im, rates)
}

// ImportCapture measures services by a capture and writes a scenario.
func (rooms) ImportCapture(name string, in io.Reader, truncated bool, traffic []string) (text []byte, notes []string, err error) {
	rates, err := trafficRates(traffic)
	if err != nil {
		return nil, nil, err
	}
	im, err := topologies.ReadPcap(name, in, capture.Options{AllowTruncated: truncated})
	if err != nil {
		return nil, nil, err
	}
	return written(im, rates)
}

// written is an import as a scenario.
func written(im *topologies.Import, rates map[string]unit.Rate) (text []byte, notes []string, err error) {
	var b bytes.Buffer
	if err := topologies.WriteScenario(&b, im, rates); err != nil {
		return nil, nil, err
	}
	for _, note := range im.Notes {
		notes = append(notes, note.String())
	}
	return b.Bytes(), notes, nil
}

// trafficRates reads SERVICE=RATE, the last one for a service counting.
func trafficRates(traffic []string) (map[string]unit.Rate, error) {
	rates := map[string]unit.Rate{}
	for _, assignment := range traffic {
		service, text, found := strings.Cut(assignment, "=")
		if !found || service == "" {
			return nil, fmt.Errorf("meshdyno: --traffic is SERVICE=RATE, such as web=250/s (got %q)", assignment)
		}
		rate, err := unit.ParseRate(text)
		if err != nil {
			return nil, fmt.Errorf("meshdyno: --traffic %s: %w", assignment, err)
		}
		rates[service] = rate
	}
	return rates, nil
}
