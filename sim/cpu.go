package sim

import (
	"math/bits"

	"github.com/meshdyno/meshdyno/mesh"
)

// cpu is what the work of a replica shares: with n jobs on c cores each runs at
// the speed min(1, c/n) (egalitarian processor sharing). It counts attained
// service: how much work one job that was there all the time would have got.
// A job is done when that has grown by its own work, so the jobs wait in a heap
// and nothing is updated when the speed changes.
type cpu struct {
	cores    uint64 // thousandths
	jobs     []job  // a heap, by due
	attained uint64 // in 1/16384 ns; starts anew whenever the CPU falls idle
	at       mesh.Time
	order    uint64
	version  uint32 // of the one event that is not stale
	busy     uint64 // core time used, in thousandths of ns
}

type job struct {
	due   uint64 // attained service at which it is done
	order uint64 // breaks ties: first come, first done
	task  uint64
}

const (
	fraction = 14      // bits of a nanosecond below the point
	longest  = 1 << 49 // ns of one piece of work: 6 days, so that sums fit
)

func newCPU(cores uint64) *cpu {
	if cores == 0 {
		return nil
	}
	return &cpu{cores: cores}
}

// addJob gives a task's work to its replica's CPU.
func (r *Run) addJob(p *replica, agent int32, work int64, task uint64) {
	c := p.cpu
	c.advance(r.now)
	c.order++
	c.push(job{due: c.attained + uint64(min(work, longest))<<fraction, order: c.order, task: task})
	r.schedule(c, agent)
}

// coreDone is the completion that was due, unless the jobs have changed since.
func (r *Run) coreDone(agent int32, version uint32) {
	c := r.replicas[agent].cpu
	if version != c.version {
		return
	}
	c.advance(r.now)
	j := c.pop()
	r.schedule(c, agent)
	if t := r.tasks.get(j.task); t != nil {
		r.done(j.task, t)
	}
}

// schedule announces the next completion; what was announced before is stale.
func (r *Run) schedule(c *cpu, agent int32) {
	c.version++
	if len(c.jobs) == 0 {
		c.attained = 0
		return
	}
	r.at(r.now+c.until(), core, uint64(c.version)<<32|uint64(uint32(agent)))
}

// advance lets the jobs run from the last change until now.
func (c *cpu) advance(now mesh.Time) {
	dt, n := uint64(now-c.at), uint64(len(c.jobs))
	c.at = now
	if n == 0 || dt == 0 {
		return
	}
	if n*1000 <= c.cores {
		c.attained += dt << fraction
		c.busy += dt * n * 1000
		return
	}
	hi, lo := bits.Mul64(dt<<fraction, c.cores)
	gained, _ := bits.Div64(hi, lo, n*1000)
	c.attained += gained
	c.busy += dt * c.cores
}

// until is how long the first job still takes at the present speed, rounded up
// so that it is done when the event comes.
func (c *cpu) until() mesh.Time {
	n := uint64(len(c.jobs))
	if c.jobs[0].due <= c.attained {
		return 0
	}
	left := c.jobs[0].due - c.attained
	if n*1000 <= c.cores {
		return mesh.Time((left + 1<<fraction - 1) >> fraction)
	}
	hi, lo := bits.Mul64(left, n*1000)
	lo, carry := bits.Add64(lo, c.cores<<fraction-1, 0)
	wait, _ := bits.Div64(hi+carry, lo, c.cores<<fraction)
	return mesh.Time(wait)
}

func (j *job) before(k *job) bool { return j.due < k.due || j.due == k.due && j.order < k.order }

func (c *cpu) push(j job) {
	c.jobs = append(c.jobs, j)
	i := len(c.jobs) - 1
	for i > 0 && j.before(&c.jobs[(i-1)/2]) {
		c.jobs[i] = c.jobs[(i-1)/2]
		i = (i - 1) / 2
	}
	c.jobs[i] = j
}

func (c *cpu) pop() job {
	first, n := c.jobs[0], len(c.jobs)-1
	j := c.jobs[n]
	c.jobs = c.jobs[:n]
	i := 0
	for child := 1; child < n; child = 2*i + 1 {
		if child+1 < n && c.jobs[child+1].before(&c.jobs[child]) {
			child++
		}
		if !c.jobs[child].before(&j) {
			break
		}
		c.jobs[i] = c.jobs[child]
		i = child
	}
	if n > 0 {
		c.jobs[i] = j
	}
	return first
}
