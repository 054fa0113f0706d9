package main

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// program writes a shell script that stands for a build of meshdyno.
func program(t *testing.T, script string) string {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("no shell scripts")
	}
	path := filepath.Join(t.TempDir(), "program")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestOtherBytesAreCounted compares programs that give away how they were run.
func TestOtherBytesAreCounted(t *testing.T) {
	steady := program(t, `echo '{"seed": 1, "host": {"cpus": '$GOMAXPROCS'}}'; exit 1`)
	telling := program(t, `echo '{"seed": '$GOMAXPROCS', "host": {}}'`)
	args := []string{"run", "some-scenario", "--quiet", "--json", "-", "--replications", "1"}
	for _, c := range []struct {
		builds []build
		want   int
	}{
		{[]build{{path: steady, procs: []int{1, 2, 8}}}, 0},
		{[]build{{path: telling, procs: []int{1, 2, 8, 1}}}, 2},
		{[]build{{path: steady, procs: []int{1}}, {path: telling, procs: []int{1, 2}}}, 1},
	} {
		got, err := compare(c.builds, args)
		if err != nil || got != c.want {
			t.Errorf("%v: %d differ, %v; want %d", c.builds, got, err, c.want)
		}
	}
}

// TestBrokenProgramsAreNoResult: an expectation may fail (1), nothing else.
func TestBrokenProgramsAreNoResult(t *testing.T) {
	b := build{name: "broken", path: program(t, `echo '{"host": {}}'; echo no such file >&2; exit 2`)}
	if _, err := b.run(1, []string{"run", "x"}); err == nil || !strings.Contains(err.Error(), "no such file") {
		t.Errorf("got error %v, want what the program said", err)
	}
}
