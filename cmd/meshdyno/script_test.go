//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/meshdyno/meshdyno/internal/atomicfile"
	"github.com/meshdyno/meshdyno/result"
)

// The transcripts run the program itself, and `staged`: the same program over a
// world in which the rare turns happen on demand.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"meshdyno": func() { os.Exit(program(rooms{})) },
		"staged":   func() { os.Exit(program(stage{})) },
	})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		UpdateScripts:       os.Getenv("UPDATE_SCRIPTS") != "",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "hold": hold, "await": await, "capture": writeCapture, "truncate": truncate,
		},
	})
}

// exits CODE COMMAND... runs a command and wants exactly this exit code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND...")
	}
	err := ts.Exec(args[1], args[2:]...)
	code := 0
	var exit interface{ ExitCode() int }
	if errors.As(err, &exit) {
		code = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if fmt.Sprint(code) != args[0] {
		ts.Fatalf("exit code %d, want %s", code, args[0])
	}
}

// hold DIR keeps the folder locked, as another run would.
func hold(ts *testscript.TestScript, neg bool, args []string) {
	lock, err := atomicfile.LockFolder(ts.MkAbs(args[0]))
	ts.Check(err)
	ts.Defer(lock.Unlock)
	ts.Setenv("HOLDER", fmt.Sprint(os.Getpid()))
}

// await FILE waits until another process has made a file.
func await(ts *testscript.TestScript, neg bool, args []string) {
	for range 10_000 {
		if _, err := os.Stat(ts.MkAbs(args[0])); err == nil {
			return
		}
		time.Sleep(time.Millisecond) // between two looks for what another process does
	}
	ts.Fatalf("%s never came", args[0])
}

// stage is a world whose scenarios are named after what they do.
type stage struct{ world }

func (stage) Open(name string, _ []string, _ io.Reader) (scenario, error) {
	if name == "wrong" {
		return nil, errors.New("wrong.yaml:3:1: unknown key \x1b[31m\"latancy\"; did you mean latency?")
	}
	return act(name), nil
}

// act is a scenario of the stage.
type act string

func (a act) Summary() string    { return "one act" }
func (a act) Warnings() []string { return nil }
func (a act) Source() []byte     { return []byte("scenario: " + a + "\n") }

func (a act) Run(ctx context.Context, replications int, progress func(done, total float64)) (*result.Result, error) {
	progress(0.5, 1)
	r := &result.Result{Scenario: string(a), Seed: 1, Replications: replications, MeasuredS: 60}
	switch a {
	case "missed":
		r.Expect = []result.Verdict{{Check: "p99(shoppers) < 400ms", Observed: "612ms"}}
	case "untold":
		r.Expect = []result.Verdict{{Check: "p99.99(shoppers) < 1s", Observed: "1s", Note: "cannot tell: needs 36888 samples"}}
	case "warned":
		r.Warnings = []string{"the run is short"}
	case "panics":
		var none []int
		_ = none[replications]
	case "breaks":
		return nil, errors.New("more than 10 million requests in flight")
	case "breaks-late":
		r.Interrupted = "31s of 60s"
		return r, errors.New("more than 10 million requests in flight")
	case "interrupted":
		signalOurselves(ctx)
		r.Interrupted, r.Replications = fmt.Sprintf("7 of %d replications", replications), 7
		return r, fmt.Errorf("run: %w", ctx.Err())
	case "interrupted-early":
		signalOurselves(ctx)
		return nil, ctx.Err()
	case "stubborn":
		signalOurselves(ctx)
		_ = syscall.Kill(os.Getpid(), syscall.SIGTERM)
		select {}
	case "deaf":
		signalOurselves(ctx)
		select {}
	}
	return r, nil
}

// signalOurselves is ^C at the worst moment: in the middle of the run.
func signalOurselves(ctx context.Context) {
	_ = syscall.Kill(os.Getpid(), syscall.SIGINT)
	<-ctx.Done()
}
