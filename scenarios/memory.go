package scenarios

import (
	"math"
	"os"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/meshdyno/meshdyno/sim"
)

// bytesInFlight is what one request in flight may cost, all slabs and the event
// queue together, with room for growth.
const bytesInFlight = 1024

// inFlightLimit is how many requests a run may hold before it is stopped, so
// that a load that grows without bound ends in a sentence and not in the
// kernel's hands: the default, or less where memory is limited.
func inFlightLimit(parallel int) int {
	limit := memoryLimit()
	if limit == math.MaxInt64 {
		return sim.DefaultLimit
	}
	return int(min(sim.DefaultLimit, limit/2/bytesInFlight/int64(parallel)))
}

// memoryLimit is the least of GOMEMLIMIT and the control group's limit.
func memoryLimit() int64 {
	limit := debug.SetMemoryLimit(-1)
	for _, file := range []string{"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"} {
		text, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		if n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil && n > 0 {
			limit = min(limit, n)
		}
	}
	return limit
}
