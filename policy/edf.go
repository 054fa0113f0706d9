package policy

// edf is an earliest-deadline-first schedule: the place with the earliest
// deadline is next, and comes again 1/weight after it. So each place gets turns
// in proportion to its weight, spread out evenly, at O(log n) a pick. Places
// with one deadline take turns in the order in which they were added.
// Envoy's edf_scheduler.h, whose picks these are.
type edf struct {
	heap  []turn // the earliest first
	at    float64
	added uint64
}

// turn is a place's next.
type turn struct {
	deadline float64
	order    uint64
	place    int32
}

func (t *turn) before(u *turn) bool {
	return t.deadline < u.deadline || t.deadline == u.deadline && t.order < u.order
}

// empty says that there is no schedule.
func (e *edf) empty() bool { return len(e.heap) == 0 }

// clear leaves no schedule, and the memory for the next.
func (e *edf) clear() { *e = edf{heap: e.heap[:0]} }

// soonest is the place whose turn it is. again must follow.
func (e *edf) soonest() int { return int(e.heap[0].place) }

// again takes the turn of soonest and gives it the next one.
func (e *edf) again(weight float64) {
	t := &e.heap[0]
	e.at = t.deadline
	t.deadline, t.order = e.at+1/weight, e.added
	e.added++
	e.sink(0)
}

// most is how many picks begin makes at most (edf_scheduler.h, createWithPicks).
const most = 429496729

// begin schedules the places 0, 1, ... of these weights as if so many picks had
// been made already: the rounds that all places have surely had are computed,
// the fewer than len(weights) picks that are left are made. The weights are
// augmented, as Envoy does, so that rounding does not swap places whose weights
// are multiples of each other.
func (e *edf) begin(weights []float64, picks uint32) {
	e.clear()
	if picks %= most; len(weights) == 0 {
		return
	}
	sum := 0.0
	for _, w := range weights {
		sum += w + augment
	}
	left := picks
	for i, w := range weights {
		had := rounds(w+augment, float64(picks), sum)
		left -= had
		e.heap = append(e.heap, turn{deadline: float64(had+1) / (w + augment), order: uint64(i), place: int32(i)})
		e.at = max(e.at, float64(had)/(w+augment))
	}
	e.added = uint64(len(weights))
	for i := len(e.heap)/2 - 1; i >= 0; i-- {
		e.sink(i)
	}
	for ; left > 0; left-- {
		e.again(weights[e.soonest()])
	}
}

const augment = 1e-13

// rounds is how many of so many picks a weight has surely had: the floor of its
// share, less one where rounding has lifted it.
func rounds(weight, picks, sum float64) uint32 {
	had := uint32(float64(weight*picks) / sum)
	if had > 0 && float64(had)/weight >= picks/sum {
		had--
	}
	return had
}

// sink puts the turn at i where it belongs among those below it.
func (e *edf) sink(i int) {
	t := e.heap[i]
	for {
		child := 2*i + 1
		if child >= len(e.heap) {
			break
		}
		if right := child + 1; right < len(e.heap) && e.heap[right].before(&e.heap[child]) {
			child = right
		}
		if t.before(&e.heap[child]) {
			break
		}
		e.heap[i] = e.heap[child]
		i = child
	}
	e.heap[i] = t
}
