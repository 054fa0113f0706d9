package main

import (
	"embed"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

//go:embed peers/* chain/mesh-chain.yaml
var sources embed.FS

// workshop is a folder that goes away, in which the peers are built.
type workshop struct {
	dir string
	log io.Writer
}

// newWorkshop unpacks the sources.
func newWorkshop(log io.Writer) (*workshop, error) {
	dir, err := os.MkdirTemp("", "meshdyno-bench-")
	if err != nil {
		return nil, err
	}
	w := &workshop{dir, log}
	err = fs.WalkDir(sources, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := sources.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(w.path(filepath.Base(path)), data, 0o600)
	})
	if err != nil {
		w.close()
		return nil, err
	}
	return w, nil
}

func (w *workshop) path(name string) string { return filepath.Join(w.dir, name) }

func (w *workshop) close() { _ = os.RemoveAll(w.dir) }

// build runs a compiler in the workshop; the go command needs the module around
// it and stays where we are.
func (w *workshop) build(command ...string) error {
	if len(command) == 0 {
		return nil
	}
	fmt.Fprintln(w.log, "building:", strings.Join(command, " "))
	cmd := exec.Command(command[0], command[1:]...)
	if command[0] != "go" {
		cmd.Dir = w.dir
	}
	if output, err := cmd.CombinedOutput(); err != nil {
		first, _, _ := strings.Cut(strings.TrimSpace(string(output)), "\n")
		return fmt.Errorf("%w: %s", err, first)
	}
	return nil
}

// ask runs a program that prints one JSON value, decodes it, and returns what
// the whole process used.
func (w *workshop) ask(into any, env []string, command ...string) (*os.ProcessState, error) {
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Dir, cmd.Env = w.dir, append(os.Environ(), env...)
	var complaint strings.Builder
	cmd.Stderr = &complaint
	output, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %s", strings.Join(command, " "), err, strings.TrimSpace(complaint.String()))
	}
	return cmd.ProcessState, json.Unmarshal(output, into)
}
