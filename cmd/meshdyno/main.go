package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"

	"golang.org/x/term"
)

func main() { os.Exit(program(rooms{})) }

// program is main over a world; the transcripts have one of their own.
func program(w world) int {
	signal.Ignore(syscall.SIGPIPE) // a closed pipe is an error to handle, not a death
	a := &app{
		world: w, stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, getenv: os.Getenv,
		stdoutIsTerminal: term.IsTerminal(int(os.Stdout.Fd())),
		stderrIsTerminal: term.IsTerminal(int(os.Stderr.Fd())),
		columns: func() int {
			columns, _, _ := term.GetSize(int(os.Stdout.Fd()))
			return columns
		},
		quit: os.Exit,
	}
	return a.main(os.Args[1:])
}

// app is one invocation: where it reads and writes, and what it can ask for.
type app struct {
	world
	stdin            io.Reader
	stdout, stderr   io.Writer
	getenv           func(string) string
	stdoutIsTerminal bool
	stderrIsTerminal bool
	columns          func() int     // of the terminal, 0 when unknown
	quit             func(code int) // at once, from any goroutine
	ctx              context.Context
	saving           atomic.Bool // the run is over, its files are on their way
}
