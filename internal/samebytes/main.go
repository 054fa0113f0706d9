package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

func main() {
	duration := flag.String("duration", "", "simulated time that is measured, instead of each scenario's")
	flag.Parse()
	if err := run(flag.Args(), *duration); err != nil {
		fmt.Fprintln(os.Stderr, "samebytes:", err)
		os.Exit(1)
	}
}

func run(scenarios []string, duration string) error {
	if len(scenarios) == 0 {
		return fmt.Errorf("name the scenarios to run")
	}
	folder, err := os.MkdirTemp("", "samebytes-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)

	builds, err := buildAll(filepath.Join(folder, "meshdyno"))
	if err != nil {
		return err
	}
	different := 0
	for _, s := range scenarios {
		for _, n := range []string{"1", "4"} {
			args := []string{"run", s, "--quiet", "--json", "-", "--replications", n}
			if duration != "" {
				args = append(args, "--duration", duration)
			}
			d, err := compare(builds, args)
			if err != nil {
				return err
			}
			different += d
		}
	}
	if different > 0 {
		return fmt.Errorf("%d runs gave other bytes", different)
	}
	return nil
}

// compare runs one command in every way and counts the ways whose output is not
// that of the first.
func compare(builds []build, args []string) (different int, err error) {
	var want []byte
	for _, b := range builds {
		for _, procs := range b.procs {
			got, err := b.run(procs, args)
			if err != nil {
				return different, fmt.Errorf("%s: %w", b.name, err)
			}
			name := fmt.Sprintf("%s x%s, %-22s GOMAXPROCS=%d", args[1], args[6], b.name, procs)
			if want == nil {
				want = got
			}
			if slices.Equal(got, want) {
				fmt.Printf("same      %s\n", name)
				continue
			}
			different++
			fmt.Printf("DIFFERENT %s\n%s", name, firstDifference(want, got))
		}
	}
	return different, nil
}
