package sim

import "testing"

// sound holds a queue to what it promises itself: front is sorted and ends
// before edge, every other event lies in the bucket in which a push would put
// it now, and the counts and the bits of busy buckets are right.
func sound(t *testing.T, q *queue) {
	t.Helper()
	for i, e := range q.front[q.head:] {
		if uint64(e.at) >= q.edge || i > 0 && e.at < q.front[q.head+i-1].at {
			t.Fatalf("event %d of front, at %d, is out of order or not before the edge %d", i, e.at, q.edge)
		}
	}
	total := 0
	for i, b := range q.buckets {
		if busy := q.busy[i/64]>>(i%64)&1 == 1; busy != (b.n > 0) {
			t.Fatalf("bucket %d holds %d events and is marked as busy: %v", i, b.n, busy)
		}
		if total += b.n; b.n > 0 {
			soundBucket(t, q, i)
		}
	}
	if total != q.inBuckets {
		t.Fatalf("the buckets hold %d events, the count says %d", total, q.inBuckets)
	}
}

func soundBucket(t *testing.T, q *queue, i int) {
	t.Helper()
	c := q.buckets[i].last.next
	for n := q.buckets[i].n; n > 0; n -= chunkSize {
		for _, e := range c.events[:min(n, chunkSize)] {
			if at := uint64(e.at); at < q.edge || q.bucketOf(at) != i {
				t.Fatalf("an event at %d lies in bucket %d, want %d; the edge is %d", at, i, q.bucketOf(at), q.edge)
			}
		}
		c = c.next
	}
}
