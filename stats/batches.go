package stats

import "github.com/meshdyno/meshdyno/mesh"

const (
	batchSize = 5    // White 1997: MSER-5 looks at means of five
	batchCap  = 4096 // batches kept; beyond, neighbours are joined two by two
)

// Batches keeps a series of observations as sums of consecutive batches, each
// with the time of its last observation. A batch holds 5 at first; whenever 4,096
// batches are full, neighbours are joined and a batch holds twice as many. So a
// run of any length costs at most 64 KiB and is cut no coarser than 1/2048 of
// its observations. The zero value is ready for use.
type Batches struct {
	size, fill int
	sum        float64
	sums       []float64
	ends       []mesh.Time
}

// Record adds one observation that was made now, which never runs backwards.
func (b *Batches) Record(now mesh.Time, value float64) {
	b.sum += value
	b.fill++
	if b.fill >= b.size {
		b.close(now)
	}
}

func (b *Batches) close(now mesh.Time) {
	b.size = max(b.size, batchSize)
	if b.fill < b.size {
		return
	}
	b.sums = append(b.sums, b.sum)
	b.ends = append(b.ends, now)
	b.sum, b.fill = 0, 0
	if len(b.sums) == batchCap {
		b.join()
	}
}

func (b *Batches) join() {
	for i := range batchCap / 2 {
		b.sums[i] = b.sums[2*i] + b.sums[2*i+1]
		b.ends[i] = b.ends[2*i+1]
	}
	b.sums, b.ends = b.sums[:batchCap/2], b.ends[:batchCap/2]
	b.size *= 2
}

// Means lists the means of the full batches in order, and the observations in
// each.
func (b *Batches) Means() (means []float64, size int) {
	means = make([]float64, len(b.sums))
	for i, s := range b.sums {
		means[i] = s / float64(b.size)
	}
	return means, b.size
}
