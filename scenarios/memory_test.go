package scenarios

import (
	"math"
	"runtime/debug"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/meshdyno/meshdyno/loadgen"
	"github.com/meshdyno/meshdyno/sim"
)

// Machines on which a run finds itself, and what they leave it.
var machines = []struct {
	name  string
	files map[string]string
	want  int64
}{
	{"no Linux", nil, math.MaxInt64},
	{"a group of version 2", map[string]string{
		"proc/self/cgroup": "0::/user.slice/run.scope\n",
		"sys/fs/cgroup/user.slice/run.scope/memory.max": "268435456\n",
	}, 256 << 20},
	{"a limit on a group above", map[string]string{
		"proc/self/cgroup":                 "0::/a/b\n",
		"sys/fs/cgroup/a/memory.max":       "1048576\n",
		"sys/fs/cgroup/a/b/memory.max":     "max\n",
		"sys/fs/cgroup/unified/memory.max": "max\n",
	}, 1 << 20},
	{"a group of version 1", map[string]string{
		"proc/self/cgroup": "9:cpu,memory:/jobs/7\n0::/\n",
		"sys/fs/cgroup/memory/jobs/7/memory.limit_in_bytes": "1000000\n",
		"sys/fs/cgroup/memory/memory.limit_in_bytes":        "9223372036854771712\n",
	}, 1000000},
	{"a container that sees its group at the root", map[string]string{
		"proc/self/cgroup":                           "4:memory:/docker/0123\n",
		"sys/fs/cgroup/memory/memory.limit_in_bytes": "5000000\n",
	}, 5000000},
	{"a limit on addresses, partly in use", map[string]string{
		"proc/self/limits": "Max data size             unlimited            unlimited            bytes\nMax address space         3072000              unlimited            bytes\n",
		"proc/self/status": "VmPeak:\t 9999 kB\nVmSize:\t    1000 kB\n",
	}, 2000 << 10},
	{"a limit on addresses that is used up", map[string]string{
		"proc/self/limits": "Max data size             1024                 unlimited            bytes\n",
		"proc/self/status": "VmData:\t    1000 kB\n",
	}, 0},
	{"a small machine", map[string]string{"proc/meminfo": "MemTotal:  4000000 kB\nMemAvailable:    2000000 kB\n"}, 2000000 << 10},
	{"nonsense", map[string]string{"proc/self/cgroup": "what\n0::", "proc/self/limits": "Max address space", "proc/meminfo": "MemAvailable: many kB"}, math.MaxInt64},
}

func TestMemoryLimitIsTheLeastThatAnyoneAllows(t *testing.T) {
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(math.MaxInt64))
	for _, m := range machines {
		root := fstest.MapFS{}
		for file, text := range m.files {
			root[file] = &fstest.MapFile{Data: []byte(text)}
		}
		if got := memoryLimit(root); got != m.want {
			t.Errorf("%s: %d, want %d", m.name, got, m.want)
		}
	}
	debug.SetMemoryLimit(64 << 20)
	if got := memoryLimit(fstest.MapFS{}); got != 64<<20 {
		t.Errorf("GOMEMLIMIT: %d", got)
	}
	if one, four := inFlightLimit(fstest.MapFS{}, 1), inFlightLimit(fstest.MapFS{}, 4); one != 32<<10 || four != 8<<10 {
		t.Errorf("in flight: %d alone, %d of four", one, four)
	}
}

func TestUsersThatDoNotFitAreRefusedBeforeTheyAreMade(t *testing.T) {
	traffic := []loadgen.Traffic{{Users: 600}, {Users: 500}}
	if err := checkUsers(traffic, 1100); err != nil {
		t.Error(err)
	}
	if err := checkUsers(traffic, 1099); err == nil || !strings.Contains(err.Error(), "1100 users are too many") {
		t.Error(err)
	}
	if err := checkUsers(traffic, sim.DefaultLimit); err != nil {
		t.Error(err)
	}
}
