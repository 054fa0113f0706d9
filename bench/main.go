package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
)

func main() {
	rounds := flag.Int("rounds", 5, "how often each takes its turn; medians are printed")
	scale := flag.Float64("scale", 1, "share of the requests and events of the full table, for a quick look")
	only := flag.String("only", "", "chain, hold or memory; all when left out")
	flag.Parse()
	if err := run(os.Stdout, *rounds, *scale, *only); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// table is a part of the whole.
type table struct {
	name  string
	print func(out io.Writer, w *workshop, rounds int, scale float64) error
}

// Memory comes first: on Linux, a child's peak counts what its parent held when
// it was started, and we are small now.
var tables = []table{{"memory", memoryTable}, {"chain", chainTable}, {"hold", holdTable}}

func run(out io.Writer, rounds int, scale float64, only string) error {
	known := only == "" || slices.ContainsFunc(tables, func(t table) bool { return t.name == only })
	if !known {
		return fmt.Errorf("-only %s: have chain, hold, memory", only)
	}
	if rounds < 1 || scale <= 0 || scale > 1 {
		return errors.New("needs -rounds of at least 1 and a -scale above 0 and up to 1")
	}
	w, err := newWorkshop(os.Stderr)
	if err != nil {
		return err
	}
	defer w.close()
	for _, t := range tables {
		if only == "" || only == t.name {
			if err := t.print(out, w, rounds, scale); err != nil {
				return err
			}
		}
	}
	return nil
}
