package scenarios

import (
	"fmt"
	"io/fs"
	"math"
	"path"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/meshdyno/meshdyno/loadgen"
	"github.com/meshdyno/meshdyno/sim"
)

// bytesInFlight is what one request in flight may cost, all slabs and the event
// queue together, with room for growth.
const bytesInFlight = 1024

// inFlightLimit is how many requests a run may hold before it is stopped, so
// that a load that grows without bound ends in a sentence and not in the
// kernel's hands: the default, or less where memory is limited.
func inFlightLimit(root fs.FS, parallel int) int {
	return int(min(sim.DefaultLimit, memoryLimit(root)/2/bytesInFlight/int64(parallel)))
}

// checkUsers refuses closed loops that pass the limit before the first request.
func checkUsers(traffic []loadgen.Traffic, limit int) error {
	users := 0
	for i := range traffic {
		users += traffic[i].Users
	}
	if users > limit {
		return fmt.Errorf("%d users are too many for the memory there is (allowed %d)", users, limit)
	}
	return nil
}

// memoryLimit is the least of what GOMEMLIMIT, the control groups and resource
// limits of this process and the machine leave it. The root is that of the file
// system; on what is no Linux it tells nothing.
func memoryLimit(root fs.FS) int64 {
	limit := debug.SetMemoryLimit(-1)
	for _, left := range []int64{groupLimit(root), addressLimit(root), kilobytes(root, "proc/meminfo", "MemAvailable")} {
		limit = min(limit, left)
	}
	return max(limit, 0)
}

// groupLimit is the least limit of the control groups that this process is in,
// of either version, and of all groups above them. In a container a group may
// be mounted at another place than its path says; then those above count.
func groupLimit(root fs.FS) int64 {
	limit := int64(math.MaxInt64)
	for _, line := range lines(root, "proc/self/cgroup") {
		parts := strings.SplitN(line, ":", 3)
		if len(parts) < 3 {
			continue
		}
		for group := path.Clean("/" + parts[2]); ; group = path.Dir(group) {
			switch {
			case parts[1] == "":
				limit = min(limit, number(root, "sys/fs/cgroup"+group+"/memory.max"), number(root, "sys/fs/cgroup/unified"+group+"/memory.max"))
			case strings.Contains(","+parts[1]+",", ",memory,"):
				limit = min(limit, number(root, "sys/fs/cgroup/memory"+group+"/memory.limit_in_bytes"))
			}
			if group == "/" {
				break
			}
		}
	}
	return limit
}

// addressLimit is what `ulimit -v` and `ulimit -d` leave beyond what is in use.
func addressLimit(root fs.FS) int64 {
	limit := int64(math.MaxInt64)
	for _, line := range lines(root, "proc/self/limits") {
		for _, of := range [][2]string{{"Max address space", "VmSize"}, {"Max data size", "VmData"}} {
			if rest, found := strings.CutPrefix(line, of[0]); found {
				soft, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
				if n, err := strconv.ParseInt(soft, 10, 64); err == nil {
					limit = min(limit, max(0, n-used(root, of[1])))
				}
			}
		}
	}
	return limit
}

func used(root fs.FS, what string) int64 {
	if n := kilobytes(root, "proc/self/status", what); n < math.MaxInt64 {
		return n
	}
	return 0
}

// kilobytes reads "MemAvailable:  123 kB" from a file of such lines.
func kilobytes(root fs.FS, file, what string) int64 {
	for _, line := range lines(root, file) {
		if rest, found := strings.CutPrefix(line, what+":"); found {
			if n, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(rest, "kB")), 10, 64); err == nil {
				return n << 10
			}
		}
	}
	return math.MaxInt64
}

// number reads a file that holds just a number, MaxInt64 where there is none.
func number(root fs.FS, file string) int64 {
	text, err := fs.ReadFile(root, path.Clean(file))
	if n, wrong := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil && wrong == nil && n > 0 {
		return n
	}
	return math.MaxInt64
}

func lines(root fs.FS, file string) []string {
	text, _ := fs.ReadFile(root, file)
	return strings.Split(string(text), "\n")
}
