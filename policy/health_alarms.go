package policy

import "github.com/meshdyno/meshdyno/mesh"

// alarms is a time for each host, and which is first: a binary heap of hosts.
// Of two at the same time the one with the lower number is first.
type alarms struct {
	at    []mesh.Time // by host; Never: none
	heap  []int32     // hosts that have one
	place []int32     // in the heap, by host; -1: not there
}

func newAlarms(hosts int) alarms {
	a := alarms{at: make([]mesh.Time, hosts), heap: make([]int32, 0, hosts), place: make([]int32, hosts)}
	for i := range a.at {
		a.at[i], a.place[i] = mesh.Never, -1
	}
	return a
}

// first is the earliest time, Never if there is none; host is whose it is.
func (a *alarms) first() mesh.Time {
	if len(a.heap) == 0 {
		return mesh.Never
	}
	return a.at[a.heap[0]]
}

func (a *alarms) host() int { return int(a.heap[0]) }

func (a *alarms) of(host int) mesh.Time { return a.at[host] }

// set moves a host's time; to Never takes it off.
func (a *alarms) set(host int, at mesh.Time) {
	a.at[host] = at
	i := a.place[host]
	switch {
	case at == mesh.Never && i >= 0:
		a.take(i)
	case at == mesh.Never:
	case i < 0:
		a.heap = append(a.heap, int32(host))
		a.place[host] = int32(len(a.heap) - 1)
		a.rise(a.place[host])
	default:
		a.fall(a.rise(i))
	}
}

// take removes what stands at a place.
func (a *alarms) take(i int32) {
	last := int32(len(a.heap) - 1)
	a.swap(i, last)
	a.place[a.heap[last]] = -1
	a.heap = a.heap[:last]
	if i < last {
		a.fall(a.rise(i))
	}
}

func (a *alarms) rise(i int32) int32 {
	for i > 0 && a.before(i, (i-1)/2) {
		a.swap(i, (i-1)/2)
		i = (i - 1) / 2
	}
	return i
}

func (a *alarms) fall(i int32) {
	for n := int32(len(a.heap)); ; {
		child := 2*i + 1
		if child+1 < n && a.before(child+1, child) {
			child++
		}
		if child >= n || !a.before(child, i) {
			return
		}
		a.swap(i, child)
		i = child
	}
}

func (a *alarms) before(i, j int32) bool {
	x, y := a.heap[i], a.heap[j]
	return a.at[x] < a.at[y] || a.at[x] == a.at[y] && x < y
}

func (a *alarms) swap(i, j int32) {
	a.heap[i], a.heap[j] = a.heap[j], a.heap[i]
	a.place[a.heap[i]], a.place[a.heap[j]] = i, j
}
