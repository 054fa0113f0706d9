package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
)

// rig is an app whose ends are in our hands.
func rig(env map[string]string) (*app, *bytes.Buffer, *bytes.Buffer) {
	var stdout, stderr bytes.Buffer
	return &app{
		stdin: strings.NewReader(""), stdout: &stdout, stderr: &stderr,
		getenv: func(name string) string { return env[name] }, columns: func() int { return 132 },
	}, &stdout, &stderr
}

func TestOnlyATerminalGetsColourAndItsOwnWidth(t *testing.T) {
	type env = map[string]string
	for _, c := range []struct {
		name            string
		terminal        bool
		env             env
		noColor, ascii  bool
		width           int
		colour, asciiIs bool
	}{
		{"a log", false, env{"TERM": "xterm", "LANG": "C"}, false, false, 0, false, false},
		{"a log that wants ASCII", false, env{}, false, true, 0, false, true},
		{"a terminal", true, env{"TERM": "xterm", "LANG": "en_US.UTF-8"}, false, false, 100, true, false},
		{"--no-color", true, env{"TERM": "xterm", "LANG": "C.utf8"}, true, false, 100, false, false},
		{"NO_COLOR", true, env{"TERM": "xterm", "LANG": "C.UTF-8", "NO_COLOR": "1"}, false, false, 100, false, false},
		{"a dumb terminal", true, env{"TERM": "dumb", "LANG": "C.UTF-8"}, false, false, 100, false, false},
		{"a container", true, env{"TERM": "xterm"}, false, false, 100, true, false},
		{"no UTF-8", true, env{"TERM": "xterm", "LC_ALL": "C", "LANG": "en_US.UTF-8"}, false, false, 100, true, true},
	} {
		a, _, _ := rig(c.env)
		a.stdoutIsTerminal = c.terminal
		o := a.terminalOptions(c.noColor, c.ascii)
		if o.Width != c.width || o.Color != c.colour || o.ASCII != c.asciiIs {
			t.Errorf("%s: got %+v", c.name, o)
		}
	}
}

// full is a disk without room, closed a reader that has left.
type broken struct{ err error }

func (b broken) Write([]byte) (int, error) {
	return 0, &fs.PathError{Op: "write", Path: "|1", Err: b.err}
}

func TestStandardOutputThatFails(t *testing.T) {
	for _, c := range []struct {
		err    error
		code   int
		stderr string
	}{
		{syscall.EPIPE, exitOK, ""},
		{syscall.ENOSPC, exitUnfinished, "standard output: no space left on device\n"},
	} {
		for _, args := range [][]string{nil, {"version"}} {
			a, _, stderr := rig(nil)
			a.stdout = broken{c.err}
			if code := a.main(args); code != c.code || stderr.String() != c.stderr {
				t.Errorf("%v, %v: exit %d, %q", args, c.err, code, stderr)
			}
		}
	}
}

func TestEveryErrorHasItsExitCode(t *testing.T) {
	for _, c := range []struct {
		err  error
		code int
	}{
		{nil, exitOK},
		{errors.New("unforeseen"), exitUnfinished},
		{wrongInput(errors.New("typo")), exitInput},
		{fmt.Errorf("wrapped: %w", wrongInput(errors.New("typo"))), exitInput},
		{unfinished(errors.New("disk")), exitUnfinished},
		{&failure{code: exitMissed}, exitMissed},
		{fmt.Errorf("write: %w", syscall.EPIPE), exitOK},
	} {
		a, _, stderr := rig(nil)
		if code := a.fail(c.err); code != c.code {
			t.Errorf("%v: exit %d, want %d", c.err, code, c.code)
		}
		if silent := c.code == exitOK || c.code == exitMissed; silent != (stderr.Len() == 0) {
			t.Errorf("%v: said %q", c.err, stderr)
		}
	}
}

// The bar may be told of progress by several replications at once.
func TestProgressIsForPeopleWhoWatch(t *testing.T) {
	for _, c := range []struct {
		terminal, quiet bool
		term            string
		want            bool
	}{{true, false, "xterm", true}, {false, false, "xterm", false}, {true, true, "xterm", false}, {true, false, "dumb", false}} {
		a, _, stderr := rig(map[string]string{"TERM": c.term})
		a.stderrIsTerminal = c.terminal
		bar := a.progress(c.quiet)
		var told atomic.Int32
		done := make(chan bool)
		for range 4 {
			go func() {
				for range 100 {
					bar.show(float64(told.Add(1)), 400)
				}
				done <- true
			}()
		}
		for range 4 {
			<-done
		}
		bar.show(1, 0)
		bar.clear()
		if (stderr.Len() > 0) != c.want {
			t.Errorf("%+v: wrote %q", c, stderr)
		}
	}
}
