//go:build !unix

package main

import "time"

var begun = time.Now()

// cpuSeconds is wall-clock time where the system's CPU time is not at hand.
func cpuSeconds() float64 { return time.Since(begun).Seconds() }
