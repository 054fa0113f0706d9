package main

import (
	"flag"
	"fmt"
	"io"
	"os"
)

func main() {
	rounds := flag.Int("rounds", 5, "how often each takes its turn; medians are printed")
	scale := flag.Float64("scale", 1, "share of the requests and events of the full table, for a quick look")
	only := flag.String("only", "", "chain or hold; both when left out")
	flag.Parse()
	if err := run(os.Stdout, *rounds, *scale, *only); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(out io.Writer, rounds int, scale float64, only string) error {
	if rounds < 1 || scale <= 0 || scale > 1 || only != "" && only != "chain" && only != "hold" {
		return fmt.Errorf("needs -rounds of at least 1, a -scale above 0 and up to 1, and -only chain or hold")
	}
	w, err := newWorkshop(os.Stderr)
	if err != nil {
		return err
	}
	defer w.close()
	if only != "hold" {
		if err := chainTable(out, w, rounds, scale); err != nil {
			return err
		}
	}
	if only != "chain" {
		return holdTable(out, w, rounds, scale)
	}
	return nil
}
