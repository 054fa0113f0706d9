package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/meshdyno/meshdyno/internal/atomicfile"
	"github.com/meshdyno/meshdyno/internal/nearest"
	"github.com/meshdyno/meshdyno/internal/strict"
)

type importVerb struct {
	Format  string   `arg:"" help:"What FILE is: isotope, or pcap (a capture, also pcapng)."`
	File    string   `arg:"" help:"The file; - is standard input."`
	Out     pathFlag `name:"output" short:"o" placeholder:"FILE" help:"Write the scenario there instead of standard output."`
	Traffic []string `placeholder:"SERVICE=RATE" sep:"none" help:"Requests to an entry point, 100/s where neither given nor measured (repeatable)."`
	Cut     bool     `name:"allow-truncated" help:"Use a capture that ends within a record, up to there."`
}

// formats are what import understands.
var formats = []string{"isotope", "pcap"}

// Run writes the scenario to one place and the notes on what it lacks to
// standard error.
func (v *importVerb) Run(a *app) error {
	if err := knownFormat(v.Format); err != nil {
		return wrongInput(err)
	}
	if v.Out != "" {
		if err := atomicfile.Probe(string(v.Out)); err != nil {
			return unfinished(err)
		}
	}
	text, notes, err := v.read(a)
	if err != nil {
		return wrongInput(err)
	}
	for _, note := range notes {
		a.say(note)
	}
	write := func(w io.Writer) error { _, err := w.Write(text); return err }
	if v.Out != "" {
		err = atomicfile.Write(string(v.Out), write)
	} else {
		err = outputError(write(a.stdout))
	}
	if err != nil {
		return unfinished(err)
	}
	return nil
}

// read turns the file into a scenario.
func (v *importVerb) read(a *app) (text []byte, notes []string, err error) {
	if v.Format == "pcap" {
		return v.capture(a)
	}
	if v.Cut {
		return nil, nil, errors.New("meshdyno: --allow-truncated is for captures (import pcap)")
	}
	data, name, err := readInput(v.File, a.stdin)
	if err != nil {
		return nil, nil, err
	}
	return a.Import(v.Format, name, data, v.Traffic)
}

// capture reads bit by bit what may be too large to hold, up to the size that
// the file has now.
func (v *importVerb) capture(a *app) (text []byte, notes []string, err error) {
	if v.File == "-" {
		return a.ImportCapture("standard input", a.stdin, v.Cut, v.Traffic)
	}
	f, err := strict.Open(v.File)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, nil, err
	}
	return a.ImportCapture(v.File, io.LimitReader(f, info.Size()), v.Cut, v.Traffic)
}

func knownFormat(name string) error {
	for _, format := range formats {
		if name == format {
			return nil
		}
	}
	hint := ""
	if near := nearest.Name(name, formats); near != "" {
		hint = ": did you mean " + near + "?"
	}
	return fmt.Errorf("meshdyno: unknown format %q%s (have %s)", name, hint, strings.Join(formats, ", "))
}

// readInput gives a whole regular file, or standard input, up to the limit, and
// the name to show for it.
func readInput(name string, stdin io.Reader) (data []byte, shown string, err error) {
	if name != "-" {
		data, err := strict.ReadFile(name)
		return data, name, err
	}
	const shownAs = "standard input"
	data, err = io.ReadAll(io.LimitReader(stdin, strict.MaxFile+1))
	if err == nil && len(data) > strict.MaxFile {
		err = errors.New("is larger than 16 MiB")
	}
	if err != nil {
		return nil, shownAs, fmt.Errorf("%s: %w", shownAs, err)
	}
	return data, shownAs, nil
}
