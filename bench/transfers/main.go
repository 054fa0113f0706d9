package main

import (
	_ "embed"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

//go:embed ns3/transfer.cpp
var source []byte

// tolerance is how far the goodputs may be apart.
const tolerance = 0.1

func main() {
	folder, err := os.MkdirTemp("", "transfers")
	if err == nil {
		defer os.RemoveAll(folder)
		err = compare(folder)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "transfers:", err)
		os.RemoveAll(folder)
		os.Exit(1)
	}
}

func compare(folder string) error {
	ns3, err := build(folder)
	if err != nil {
		return err
	}
	apart := 0
	fmt.Printf("%-6s %9s %8s %7s %6s  %12s %12s %7s\n", "", "bytes", "rate", "one way", "loss", "ours Mbit/s", "ns-3 Mbit/s", "")
	for _, t := range grid() {
		here, there, err := both(ns3, t)
		if err != nil {
			return err
		}
		difference := here/there - 1
		note := ""
		if math.Abs(difference) > tolerance {
			note = " !"
			apart++
		}
		fmt.Printf("%-6s %9d %8v %7v %5.1f%%  %12.3f %12.3f %+6.1f%%%s\n", t.control, t.bytes, t.rate, t.latency, 100*t.loss, here, there, 100*difference, note)
	}
	if apart > 0 {
		return fmt.Errorf("%d transfers differ by more than %.0f %%", apart, 100*tolerance)
	}
	return nil
}

// both is the goodput of a transfer here and there, in Mbit/s, over all seeds.
func both(ns3 string, t transfer) (here, there float64, err error) {
	for seed := range t.seeds {
		seconds, err := theirs(ns3, t, seed+1)
		if err != nil {
			return 0, 0, err
		}
		here += ours(t, uint64(seed))
		there += seconds
	}
	megabits := float64(t.bytes) * 8e-6 * float64(t.seeds)
	return megabits / here, megabits / there, nil
}

// build compiles the program of the peer.
func build(folder string) (program string, err error) {
	file := filepath.Join(folder, "transfer.cpp")
	if err := os.WriteFile(file, source, 0o600); err != nil {
		return "", err
	}
	program = filepath.Join(folder, "transfer_ns3")
	arguments := []string{"-O2", "-o", program, file}
	for _, module := range strings.Fields("core network internet point-to-point applications traffic-control") {
		arguments = append(arguments, "-lns3-"+module)
	}
	if out, err := exec.Command("g++", arguments...).CombinedOutput(); err != nil {
		return "", fmt.Errorf("g++: %w\n%s\nThis needs: apt-get install g++ libns3-dev", err, out)
	}
	return program, nil
}

// theirs is how long it takes there, in seconds.
func theirs(program string, t transfer, seed int) (float64, error) {
	out, err := exec.Command(program, peers[t.control], strconv.FormatInt(t.bytes, 10), strconv.FormatInt(int64(t.rate), 10),
		strconv.FormatInt(t.latency.Nanoseconds(), 10), strconv.Itoa(t.queue()), strconv.FormatFloat(t.loss, 'g', -1, 64), strconv.Itoa(seed)).Output()
	if err != nil {
		return 0, fmt.Errorf("ns-3: %w", err)
	}
	return strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
}
