package chain

import "math/rand/v2"

const (
	hops    = 3
	gap     = 1e9 / Rate // mean ns between arrivals
	passage = 50_000     // ns of a proxy's thread for each message
	link    = 250_000    // ns
)

// What everyone can hold the chain to.
const (
	Rate   = 400.0 // requests a second
	Events = 22    // of a request: its arrival and seven for each hop
	MeanMs = 15.43 // mean latency and
	P99Ms  = 45.60 // 99th percentile, as the bare C loop finds in 20 million requests
)

var (
	workMean = [hops]float64{2e6, 1.5e6, 7e6}
	workers  = [hops]int{8, 8, 4}
)

// The kinds of events: what has happened to a request.
const (
	arrival  = iota
	sent     // it has left the caller's proxy
	reached  // it has crossed the link
	entered  // it has left the callee's proxy
	worked   // a worker is done with it
	left     // its answer has left the callee's proxy
	returned // its answer has crossed the link
	answered // its answer has left the caller's proxy
)

// request lives in a slab; next links it into a line or the free list.
type request struct {
	begun int64
	next  uint32
}

// service has idle workers or a line, or neither.
type service struct {
	idle       int
	head, tail uint32
}

// world is the whole model. Request 0 stands for none.
type world struct {
	heap
	now      int64
	requests []request
	free     uint32
	proxies  [hops + 1][2]int64 // when each thread is free; the first are the clients'
	services [hops]service
	random   *rand.Rand
	recorder recorder
}

// Run sends so many requests through the chain and waits for the last answer.
func Run(requests int, seed uint64) Result {
	w := &world{requests: make([]request, 1), random: rand.New(rand.NewPCG(seed, 0))}
	for h := range w.services {
		w.services[h].idle = workers[h]
	}
	w.push(w.drawn(gap), arrival, 0, 0)
	events := 0
	for ; len(w.heap.events) > 0; events++ {
		e := w.pop()
		w.now = e.at
		if e.what&7 == arrival {
			requests--
			w.arrive(requests > 0)
		} else {
			w.step(e.what&7, int(e.what>>3&3), e.what>>5)
		}
	}
	return w.recorder.result(events)
}

func (w *world) arrive(more bool) {
	w.push(w.through(0), sent, 0, w.begin())
	if more {
		w.push(w.now+w.drawn(gap), arrival, 0, 0)
	}
}

// step moves request r on, in hop h.
func (w *world) step(kind uint32, h int, r uint32) {
	switch kind {
	case sent:
		w.push(w.now+link, reached, h, r)
	case reached:
		w.push(w.through(h+1), entered, h, r)
	case entered:
		w.enter(h, r)
	case worked:
		if h < hops-1 {
			w.push(w.through(h+1), sent, h+1, r)
		} else {
			w.answer(h, r)
		}
	case left:
		w.push(w.now+link, returned, h, r)
	case returned:
		w.push(w.through(h), answered, h, r)
	case answered:
		if h > 0 {
			w.answer(h-1, r)
		} else {
			w.end(r)
		}
	}
}

// through gives a message to the thread of proxy p that is free first, and
// returns when it leaves.
func (w *world) through(p int) int64 {
	t := &w.proxies[p]
	i := 0
	if t[1] < t[0] {
		i = 1
	}
	t[i] = max(t[i], w.now) + passage
	return t[i]
}

func (w *world) enter(h int, r uint32) {
	s := &w.services[h]
	switch {
	case s.idle > 0:
		s.idle--
		w.work(h, r)
		return
	case s.head == 0:
		s.head = r
	default:
		w.requests[s.tail].next = r
	}
	s.tail = r
	w.requests[r].next = 0
}

func (w *world) work(h int, r uint32) { w.push(w.now+w.drawn(workMean[h]), worked, h, r) }

// answer sends the answer of service h on its way; its worker turns to the next.
func (w *world) answer(h int, r uint32) {
	s := &w.services[h]
	if s.head != 0 {
		first := s.head
		s.head = w.requests[first].next
		w.work(h, first)
	} else {
		s.idle++
	}
	w.push(w.through(h+1), left, h, r)
}

func (w *world) begin() uint32 {
	r := w.free
	if r == 0 {
		w.requests = append(w.requests, request{})
		r = uint32(len(w.requests) - 1)
	} else {
		w.free = w.requests[r].next
	}
	w.requests[r].begun = w.now
	return r
}

func (w *world) end(r uint32) {
	w.recorder.record(w.now - w.requests[r].begun)
	w.requests[r].next = w.free
	w.free = r
}

func (w *world) drawn(mean float64) int64 { return int64(w.random.ExpFloat64()*mean + 0.5) }
