//go:build unix

package main

import (
	"os"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// cpuSeconds is the CPU time of this process so far.
func cpuSeconds() float64 {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}

// peakBytes is the most memory that a process ever held.
func peakBytes(p *os.ProcessState) (bytes float64, known bool) {
	u, known := p.SysUsage().(*syscall.Rusage)
	switch {
	case !known:
		return 0, false
	case runtime.GOOS == "darwin": // counts in bytes, the others in KiB
		return float64(u.Maxrss), true
	}
	return float64(u.Maxrss) * 1024, true
}
