package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/meshdyno/meshdyno/internal/atomicfile"
	"github.com/meshdyno/meshdyno/reports"
	"github.com/meshdyno/meshdyno/result"
)

// The files of --out DIR.
const (
	resultFile   = "result.json"
	reportFile   = "report.txt"
	scenarioFile = "scenario.yaml"
)

// outputs are the files that a run is to leave, known to be writable.
type outputs struct {
	json         string // "" when not asked for
	jsonToStdout bool
	folder       string // "" when not asked for
	lock         *atomicfile.Lock
	made         bool // the folder was not there before
}

// prepare probes every file before the run begins: a run of an hour must not
// end at a folder that was misspelt.
func prepare(json, folder pathFlag) (*outputs, error) {
	o := &outputs{}
	if folder != "" {
		if err := o.takeFolder(string(folder)); err != nil {
			o.release()
			return nil, err
		}
	}
	if o.jsonToStdout = json == "-"; o.jsonToStdout || json == "" {
		return o, nil
	}
	o.json = string(json)
	if err := atomicfile.Probe(o.json); err != nil {
		o.release()
		return nil, fmt.Errorf("--json %w", err)
	}
	return o, nil
}

func (o *outputs) takeFolder(folder string) error {
	o.folder = folder
	err := os.Mkdir(folder, 0o777)
	o.made = err == nil
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("--out %w", fileError(folder, err))
	}
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return fmt.Errorf("--out %s: is not a folder", folder)
	}
	if o.lock, err = atomicfile.LockFolder(folder); err != nil {
		return fmt.Errorf("--out %w", err)
	}
	for _, name := range []string{resultFile, reportFile, scenarioFile} {
		if err := atomicfile.Probe(filepath.Join(folder, name)); err != nil {
			return fmt.Errorf("--out %w", err)
		}
	}
	return nil
}

// release lets go of the folder, and removes it if nothing came into it.
func (o *outputs) release() {
	if o.lock != nil {
		o.lock.Unlock()
	}
	if o.made {
		_ = os.Remove(o.folder)
	}
}

// save writes what was asked for. The files of the folder belong together:
// where one cannot be written, those of an earlier run stay as they are.
func (o *outputs) save(s scenario, r *result.Result) error {
	asJSON := func(w io.Writer) error { return reports.JSON(w, r) }
	asText := func(w io.Writer) error { return reports.Terminal(w, r, reports.TerminalOptions{}) }
	asScenario := func(w io.Writer) error {
		_, err := w.Write(s.Source())
		return err
	}
	var errs []error
	if o.json != "" {
		errs = append(errs, atomicfile.Write(o.json, asJSON))
	}
	if o.folder != "" {
		errs = append(errs, atomicfile.WriteAll(
			atomicfile.File{Path: filepath.Join(o.folder, resultFile), Fill: asJSON},
			atomicfile.File{Path: filepath.Join(o.folder, reportFile), Fill: asText},
			atomicfile.File{Path: filepath.Join(o.folder, scenarioFile), Fill: asScenario}))
	}
	return errors.Join(errs...)
}

// outputError says where a write to standard output failed.
func outputError(err error) error {
	if err == nil || closedPipe(err) {
		return err
	}
	return fileError("standard output", err)
}
