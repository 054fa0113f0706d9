package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"

	"golang.org/x/sys/cpu"
)

// build is the program compiled in one way.
type build struct {
	name   string
	flags  []string // of go build
	env    []string
	runner []string // what runs the program, when not the processor itself
	procs  []int    // GOMAXPROCS to run it with
	skip   string   // why this machine cannot run it

	path string
}

// ways lists the builds, the plainest first: it is what the others are held to.
func ways() []build {
	all := []int{1, 2, 8}
	v3 := ""
	if runtime.GOARCH == "amd64" && !hasV3() {
		v3 = "this processor has no AVX2, BMI2 and FMA"
	}
	race := ""
	if _, err := exec.LookPath("gcc"); err != nil {
		race = "the race detector needs a C compiler"
	}
	return []build{
		native("amd64", build{name: "GOAMD64=v1", env: []string{"GOAMD64=v1"}, procs: all}),
		native("amd64", build{name: "GOAMD64=v3", env: []string{"GOAMD64=v3"}, procs: []int{2}, skip: v3}),
		native("arm64", build{name: "arm64", procs: []int{2}}),
		{name: "race detector", flags: []string{"-race"}, env: []string{"CGO_ENABLED=1"}, procs: []int{2, 8}, skip: race},
	}
}

func hasV3() bool {
	x := cpu.X86
	return x.HasAVX2 && x.HasBMI1 && x.HasBMI2 && x.HasFMA && x.HasOSXSAVE
}

// native completes a build for an architecture; where it is not this machine's,
// qemu's user emulation runs it.
func native(arch string, b build) build {
	b.env = append(b.env, "GOARCH="+arch, "CGO_ENABLED=0")
	if arch == runtime.GOARCH || b.skip != "" {
		return b
	}
	machine := map[string]string{"amd64": "x86_64", "arm64": "aarch64"}[arch]
	for _, name := range []string{"qemu-" + machine + "-static", "qemu-" + machine} {
		if path, err := exec.LookPath(name); err == nil && runtime.GOOS == "linux" {
			b.runner, b.name = []string{path}, b.name+" (emulated)"
			return b
		}
	}
	b.skip = "no user emulation: install qemu-user-static"
	return b
}

// buildAll compiles every way that this machine can run, to path-0, path-1, ...
func buildAll(path string) ([]build, error) {
	var builds []build
	for i, b := range ways() {
		if b.skip != "" {
			fmt.Printf("skipped   %s: %s\n", b.name, b.skip)
			continue
		}
		b.path = path + "-" + strconv.Itoa(i)
		c := exec.Command("go", append(append([]string{"build", "-o", b.path}, b.flags...), "./cmd/meshdyno")...)
		c.Env = append(os.Environ(), b.env...)
		if said, err := c.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("building %s: %w\n%s", b.name, err, said)
		}
		builds = append(builds, b)
	}
	return builds, nil
}

// run gives the JSON that the program prints, without its host object. That an
// expectation failed (exit code 1) is a result like any other.
func (b *build) run(procs int, args []string) ([]byte, error) {
	line := append(append(append([]string(nil), b.runner...), b.path), args...)
	c := exec.Command(line[0], line[1:]...)
	c.Env = append(os.Environ(), "GOMAXPROCS="+strconv.Itoa(procs))
	var said bytes.Buffer
	c.Stderr = &said
	out, err := c.Output()
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || exit.ExitCode() != 1) {
		return nil, fmt.Errorf("%s: %w\n%s", strings.Join(args, " "), err, said.Bytes())
	}
	return withoutHost(out)
}
