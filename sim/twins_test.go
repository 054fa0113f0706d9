package sim

import (
	"math"
	"math/big"
	"slices"
	"testing"
	"time"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/unit"
)

// Naive twins: the same machine, written the slow and obvious way.

func diceOf(n uint64) *chance.Stream {
	s := chance.Keyed(n)
	return &s
}

// sharers are the jobs at a CPU with the work they still need, in rationals.
type sharers struct {
	left  map[uint64]*big.Rat
	cores *big.Rat
}

// speed is that of each job: its part of the cores, one at most.
func (s *sharers) speed() *big.Rat {
	speed := new(big.Rat).Quo(s.cores, big.NewRat(int64(len(s.left)), 1))
	if one := big.NewRat(1, 1); speed.Cmp(one) > 0 {
		return one
	}
	return speed
}

func (s *sharers) pass(dt mesh.Time) {
	if len(s.left) == 0 {
		return
	}
	done := new(big.Rat).Mul(s.speed(), big.NewRat(int64(dt), 1))
	for _, left := range s.left {
		left.Sub(left, done)
	}
}

// until is when a job will be done if nothing changes.
func (s *sharers) until(job uint64) float64 {
	t, _ := new(big.Rat).Quo(s.left[job], s.speed()).Float64()
	return t
}

// TestProcessorSharingTwin drives a CPU and its twin through the same arrivals.
// The CPU rounds each completion up to a whole nanosecond, and what its jobs
// got down to 1/65536 each time it changes; 300 jobs and changes make that 2.
func TestProcessorSharingTwin(t *testing.T) {
	for seed := range uint64(10) {
		dice := diceOf(seed)
		cores := 200 + 300*dice.IntN(12)
		c := newCPU(uint64(cores))
		twin := &sharers{map[uint64]*big.Rat{}, big.NewRat(int64(cores), 1000)}
		now, due := mesh.Time(0), mesh.Never
		arrival := mesh.Time(1)
		for n := uint64(0); n < 300; {
			at := min(arrival, due)
			c.advance(at)
			twin.pass(at - now)
			now = at
			if at == due {
				job := c.pop().task
				for other := range twin.left {
					if twin.until(other) < twin.until(job)-1 {
						t.Fatalf("seed %d: job %d is done before %d, which needs less", seed, job, other)
					}
				}
				if off := twin.until(job); math.Abs(off) > 3 {
					t.Fatalf("seed %d: job %d is done %v ns too soon", seed, job, off)
				}
				delete(twin.left, job)
			} else {
				n++
				work := int64(1 + dice.IntN(1000))
				if n%10 == 0 {
					work *= 1_000_000
				}
				c.order++
				c.push(job{due: c.attained + uint64(work)<<fraction, order: c.order, task: n})
				twin.left[n] = big.NewRat(work, 1)
				arrival += mesh.Time(dice.IntN(400 * 1000 / cores * int(1+n%2)))
			}
			due = mesh.Never
			if len(c.jobs) > 0 {
				due = now + c.until()
			} else {
				c.attained = 0
			}
		}
	}
}

// rfc8289 is the pseudo-code of RFC 8289, section 5, word by word; a packet is
// the moment when it came, and as many bytes wait as packets.
type rfc8289 struct {
	queue                []mesh.Time
	firstAbove, dropNext mesh.Time
	count, lastCount     int64
	dropping             bool
	target, interval     mesh.Time
	dropped              []mesh.Time
}

func (q *rfc8289) dodequeue(now mesh.Time) (packet mesh.Time, some, okToDrop bool) {
	if len(q.queue) == 0 {
		q.firstAbove = 0
		return 0, false, false
	}
	packet, q.queue = q.queue[0], q.queue[1:]
	if now-packet < q.target || len(q.queue) == 0 {
		q.firstAbove = 0
	} else if q.firstAbove == 0 {
		q.firstAbove = now + q.interval
	} else if now >= q.firstAbove {
		okToDrop = true
	}
	return packet, true, okToDrop
}

func (q *rfc8289) law(t mesh.Time, count int64) mesh.Time {
	return t + mesh.Time(float64(q.interval)/math.Sqrt(float64(count)))
}

func (q *rfc8289) deque(now mesh.Time) (mesh.Time, bool) {
	packet, some, ok := q.dodequeue(now)
	if q.dropping {
		if !ok {
			q.dropping = false
		}
		for now >= q.dropNext && q.dropping {
			q.dropped = append(q.dropped, packet)
			q.count++
			packet, some, ok = q.dodequeue(now)
			if !ok {
				q.dropping = false
			} else {
				q.dropNext = q.law(q.dropNext, q.count)
			}
		}
	} else if ok {
		q.dropped = append(q.dropped, packet)
		packet, some, _ = q.dodequeue(now)
		q.dropping = true
		delta := q.count - q.lastCount
		q.count = 1
		if delta > 1 && now-q.dropNext < 16*q.interval {
			q.count = delta
		}
		q.dropNext = q.law(now, q.count)
		q.lastCount = q.count
	}
	return packet, some
}

// TestCoDelTwin: loads come and go, so that dropping begins, speeds up, ends and
// resumes.
func TestCoDelTwin(t *testing.T) {
	drops := 0
	for seed := range uint64(60) {
		dice := diceOf(seed)
		settings := &mesh.Queue{Order: "codel", Target: unit.Duration(5+dice.IntN(50)) * unit.Millisecond, Interval: unit.Duration(20+dice.IntN(100)) * unit.Millisecond}
		twin := &rfc8289{target: mesh.Time(settings.Target), interval: mesh.Time(settings.Interval)}
		step := 1_000_000 * (1 + dice.IntN(20))
		c, now := newCodel(settings), mesh.Time(1)
		var line, dropped []mesh.Time
		load := 50
		for n := range 20_000 {
			if n%500 == 0 {
				load = []int{50, 95, 150, 300}[dice.IntN(4)]
			}
			if now += mesh.Time(dice.IntN(step)); dice.IntN(100+load) < load {
				line, twin.queue = append(line, now), append(twin.queue, now)
				continue
			}
			got, some := mesh.Time(0), false
			for len(line) > 0 && !some {
				got, line, some = line[0], line[1:], true
				if c.drops(now, now-got, len(line) == 0, settings) {
					dropped, got, some = append(dropped, got), 0, false
				}
			}
			want, any := twin.deque(now)
			if got != want || some != any || !slices.Equal(dropped, twin.dropped) {
				t.Fatalf("seed %d, at %v: served %v (%t), RFC 8289 %v (%t); %d dropped, not %d", seed, now, got, some, want, any, len(dropped), len(twin.dropped))
			}
		}
		drops += len(dropped)
	}
	if drops < 1000 {
		t.Errorf("only %d drops: this compares nothing", drops)
	}
}

// TestWaitingLineTwin: visits join, are taken and leave in any order, and a
// slice agrees on who is next.
func TestWaitingLineTwin(t *testing.T) {
	for _, order := range []string{"fifo", "lifo", "priority"} {
		m := modelOf(1, "s", serviceOf("s", 1))
		m.Services[0].Queue.Order = order
		for class := range ranks {
			m.Traffic = append(m.Traffic, open("c"+string(rune('0'+class)), "s", 1))
			m.Traffic[class+1].Priority = ranks - 1 - class
		}
		m.Duration = time.Second
		r := compiled(t, m).New(1)
		p, dice := &r.replicas[0], diceOf(1)
		var twin []uint64 // by time of coming
		next := func() int {
			best := 0
			for i, ref := range twin {
				a, b := r.visits.get(ref).class, r.visits.get(twin[best]).class
				if order == "lifo" || order == "priority" && m.Traffic[a].Priority < m.Traffic[b].Priority {
					best = i
				}
			}
			return best
		}
		for n := range 20_000 {
			switch dice.IntN(5 + n/5000%2) {
			case 0, 1:
				ref, v := r.visits.take()
				*v = visit{attempt: 1, class: int32(dice.IntN(ranks + 1)), state: arrived}
				r.enqueue(ref, v, p)
				twin = append(twin, ref)
			case 2:
				if len(twin) > 0 {
					i := dice.IntN(len(twin))
					r.unqueue(r.visits.get(twin[i]), p)
					r.visits.put(twin[i])
					twin = slices.Delete(twin, i, i+1)
				}
			default:
				want := uint64(0)
				if len(twin) > 0 {
					i := next()
					want = twin[i]
					twin = slices.Delete(twin, i, i+1)
				}
				got, _ := r.dequeue(p)
				if got != want {
					t.Fatalf("%s: step %d took %x, not %x", order, n, got, want)
				}
				if got != 0 {
					r.visits.put(got)
				}
			}
			equal(t, "length of the line", int(p.line.waiting), len(twin))
		}
	}
}

// TestSlabTwin: a map of what was taken knows what get should find.
func TestSlabTwin(t *testing.T) {
	var s slab[int]
	held, gone, dice := map[uint64]int{}, []uint64{}, diceOf(3)
	var refs []uint64
	for n := range 100_000 {
		if dice.IntN(100) < 45+n/10_000%3*5 {
			ref, v := s.take()
			if _, taken := held[ref]; taken || ref == 0 || slices.Contains(gone, ref) {
				t.Fatalf("ref %x is handed out twice", ref)
			}
			*v, held[ref], refs = n, n, append(refs, ref)
		} else if len(refs) > 0 {
			i := dice.IntN(len(refs))
			ref := refs[i]
			refs[i], refs = refs[len(refs)-1], refs[:len(refs)-1]
			s.put(ref)
			delete(held, ref)
			gone = append(gone, ref)[max(0, len(gone)-50):]
		}
		equal(t, "taken", s.taken(), len(held))
		for _, ref := range gone {
			if s.get(ref) != nil {
				t.Fatalf("ref %x was given back and is found", ref)
			}
		}
	}
	s.each(func(ref uint64, v *int) {
		if want, ok := held[ref]; !ok || *v != want || s.get(ref) != v {
			t.Fatalf("ref %x is visited, with %d", ref, *v)
		}
		delete(held, ref)
	})
	equal(t, "not visited", len(held), 0)
}

// TestStationTwin: workers that take the oldest message of an explicit queue.
func TestStationTwin(t *testing.T) {
	for _, workers := range []int{1, 2, 7} {
		s, dice := &newStations(1, workers)[0], diceOf(uint64(workers))
		busy := make([]mesh.Time, workers) // until when; a worker is free when that is past
		var queue []mesh.Time              // costs
		var expected, got []mesh.Time
		work := func(until mesh.Time) { // workers take from the queue as they become free
			for len(queue) > 0 {
				first := slices.Min(busy)
				if first > until {
					return
				}
				i := slices.Index(busy, first)
				busy[i] = first + queue[0]
				expected, queue = append(expected, busy[i]), queue[1:]
			}
		}
		now := mesh.Time(0)
		for range 5000 {
			now += mesh.Time(dice.IntN(2 * 1000 / workers))
			work(now)
			for i := range busy {
				busy[i] = max(busy[i], now)
			}
			cost := mesh.Time(dice.IntN(1900))
			queue = append(queue, cost)
			work(now)
			got = append(got, s.departs(now, int64(cost)))
		}
		work(mesh.Never)
		if !slices.Equal(got, expected) {
			t.Errorf("%d workers: departures differ", workers)
		}
	}
}
