package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"syscall"

	"github.com/meshdyno/meshdyno/reports"
)

// The exit codes, as scripts and CI rely on them.
const (
	exitOK          = 0
	exitMissed      = 1   // an expectation failed
	exitInput       = 2   // the input or the command line is wrong
	exitUnfinished  = 3   // a limit, the disk, an internal fault
	exitInterrupted = 130 // by a signal; what was finished is kept
)

// failure is an error that knows its exit code. Without an error in it, all has
// been said already.
type failure struct {
	code int
	err  error
}

func (f *failure) Error() string {
	if f.err == nil {
		return fmt.Sprintf("exit %d", f.code)
	}
	return f.err.Error()
}

func (f *failure) Unwrap() error { return f.err }

func wrongInput(err error) error { return &failure{exitInput, err} }
func unfinished(err error) error { return &failure{exitUnfinished, err} }

// fail says what went wrong, if anything, and picks the exit code.
func (a *app) fail(err error) int {
	if err == nil || closedPipe(err) {
		return exitOK
	}
	code := exitUnfinished
	var f *failure
	if errors.As(err, &f) {
		code = f.code
		if f.err == nil {
			return code
		}
	}
	a.say(err.Error())
	return code
}

// closedPipe tells that the reader of our output has left, as head does. It has
// what it wanted: nothing is wrong.
func closedPipe(err error) bool {
	return errors.Is(err, syscall.EPIPE) || errors.Is(err, io.ErrClosedPipe)
}

// say writes to standard error. Text that came from outside may be in it.
func (a *app) say(text string) {
	for _, line := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		fmt.Fprintln(a.stderr, reports.Printable(line))
	}
}

// guard turns a panic into exit code 3 and a request to report it; users are
// spared the stack unless they ask.
func (a *app) guard(code *int) {
	fault := recover()
	if fault == nil {
		return
	}
	if exit, ok := fault.(exitNow); ok {
		*code = int(exit)
		return
	}
	a.say(fmt.Sprintf("meshdyno: internal fault: %v", fault))
	a.say("  at " + faultSite())
	a.say("This is a mistake in meshdyno, not in your scenario. Please report these lines, the\n" +
		"command and the scenario: https://github.com/meshdyno/meshdyno/issues")
	if a.getenv("MESHDYNO_STACK") != "" {
		stack := make([]byte, 64<<10)
		_, _ = a.stderr.Write(stack[:runtime.Stack(stack, false)])
	} else {
		a.say("With MESHDYNO_STACK=1 it also prints where it was.")
	}
	*code = exitUnfinished
}

// exitNow is thrown where the command-line parser would end the process.
type exitNow int

const module = "github.com/meshdyno/meshdyno/"

// faultSite is the innermost function of this module on the panicking stack.
func faultSite() string {
	pcs := make([]uintptr, 64)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs)])
	for {
		frame, more := frames.Next()
		name := strings.TrimPrefix(frame.Function, module)
		if name != frame.Function || strings.HasPrefix(name, "main.") {
			return fmt.Sprintf("%s:%d", name, frame.Line)
		}
		if !more {
			return "an unknown place"
		}
	}
}

// fileError is err for a user who gave name: without "open " and the like.
func fileError(name string, err error) error {
	var pathErr *os.PathError
	if errors.As(err, &pathErr) {
		err = pathErr.Err
	}
	return fmt.Errorf("%s: %w", name, err)
}
