package policy

import (
	"fmt"
	"slices"
	"sort"
	clock "time"
)

func wait() clock.Duration {
	began := clock.Now()
	clock.Sleep(clock.Second)
	fmt.Println(clock.Local)
	println("waited")
	return clock.Since(began)
}

func order(names []string) {
	sort.Slice(names, func(i, j int) bool { return names[i] < names[j] })
	slices.SortFunc(names, func(a, b string) int { return len(a) - len(b) })
}
