package main

import (
	"fmt"
	"strconv"

	"github.com/meshdyno/meshdyno/bench/chain"
	"github.com/meshdyno/meshdyno/result"
)

// tool is something that the chain is written for.
type tool struct {
	name        string
	build       []string // command
	needs       string   // what to do if that fails
	contestants []contestant
}

// contestant is one way to run the chain.
type contestant struct {
	name     string
	requests int // in one run of the full table
	run      func(w *workshop, requests, seed int) (chain.Result, error)
}

const (
	ours   = "meshdyno"
	bareC  = "bare C"
	bareGo = "bare Go"
	simPy  = "SimPy"
	s4u    = "SimGrid S4U"
	ns3    = "ns-3"
)

// tools are ourselves, the bare loops and the peers. Slow ones run fewer
// requests, which costs them nothing: the rate is what counts.
func tools(w *workshop) []tool {
	return []tool{
		{ours, oursBuild(w), oursNeeds, []contestant{{ours, 1_000_000, runOurs}}},
		{bareC, []string{"gcc", "-O3", "-o", "chain", "chain.c", "-lm"}, "apt-get install gcc libc6-dev",
			[]contestant{{bareC, 1_000_000, program("./chain")}}},
		{bareGo, nil, "",
			[]contestant{{bareGo, 1_000_000, runBareGo}}},
		{simPy, []string{"/usr/bin/python3", "-c", "import simpy"}, "apt-get install python3-simpy3",
			[]contestant{{simPy, 30_000, program("/usr/bin/python3", "chain_simpy.py")}}},
		{s4u, []string{"g++", "-O3", "-o", "chain_simgrid", "chain_simgrid.cpp", "-lsimgrid", "-lm"}, "apt-get install g++ libsimgrid-dev",
			[]contestant{{s4u, 60_000, program("./chain_simgrid")}}},
		{ns3, []string{"g++", "-O3", "-o", "chain_ns3", "chain_ns3.cpp", "-lns3-core", "-lm"}, "apt-get install g++ libns3-dev",
			schedulers("Map", "Heap", "Calendar", "PriorityQueue", "List")},
	}
}

// schedulers are the contestants of ns-3.
func schedulers(names ...string) (all []contestant) {
	for _, name := range names {
		all = append(all, contestant{ns3 + " " + name, 300_000, program("./chain_ns3", "ns3::"+name+"Scheduler")})
	}
	return all
}

// program runs a peer. It takes the number of requests and the seed as its last
// arguments, and measures its own CPU time without its start.
func program(command ...string) func(*workshop, int, int) (chain.Result, error) {
	return func(w *workshop, requests, seed int) (r chain.Result, err error) {
		_, err = w.ask(&r, nil, append(command[:len(command):len(command)], strconv.Itoa(requests), strconv.Itoa(seed))...)
		return r, err
	}
}

func runBareGo(_ *workshop, requests, seed int) (chain.Result, error) {
	start := cpuSeconds()
	r := chain.Run(requests, uint64(seed))
	r.Seconds = cpuSeconds() - start
	return r, nil
}

// oursBuild makes the program that users have.
func oursBuild(w *workshop) []string {
	return []string{"go", "build", "-o", w.path("meshdyno"), "github.com/meshdyno/meshdyno/cmd/meshdyno"}
}

const oursNeeds = "run this inside the module"

// runOurs runs the chain's scenario for as long as so many requests take, on one core. The time is that of the whole
// process, from its start to the result on standard output.
func runOurs(w *workshop, requests, seed int) (chain.Result, error) {
	var r result.Result
	used, err := w.ask(&r, []string{"GOMAXPROCS=1"}, "./meshdyno", "run", "mesh-chain.yaml", "--quiet", "--json", "-",
		"--seed", strconv.Itoa(seed), "--duration", fmt.Sprintf("%gs", float64(requests)/chain.Rate))
	if err != nil {
		return chain.Result{}, err
	}
	cpu, clients := used.UserTime()+used.SystemTime(), r.Traffic["clients"]
	return chain.Result{
		Requests: int(clients.Succeeded), Events: int(r.Events), Seconds: cpu.Seconds(),
		MeanMs: clients.Latency.Mean, P99Ms: clients.Latency.P99,
	}, nil
}
