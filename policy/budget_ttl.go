package policy

import (
	"errors"
	"time"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/unit"
)

// TTLBudget is the family of Finagle's RetryBudget: requests deposit, retries
// withdraw, both are forgotten after ttl, and a reserve of
// min_retries_per_second * ttl is there from the start.
type TTLBudget struct {
	RetryRatio          float64       `yaml:"retry_ratio" min:"0" max:"1000" doc:"retries that one request pays for"`
	MinRetriesPerSecond int           `yaml:"min_retries_per_second" min:"0" max:"1000000" doc:"retries beyond that, as a reserve of so many for each second of ttl"`
	TTL                 unit.Duration `yaml:"ttl" min:"1s" max:"60s" doc:"for how long a request or a retry counts"`
}

func ttlDefaults() TTLBudget {
	return TTLBudget{RetryRatio: 0.2, MinRetriesPerSecond: 10, TTL: 10 * unit.Second}
}

// Check holds ttl to what both sources do.
func (b *TTLBudget) Check() error {
	if b.TTL < unit.Second || b.TTL > 60*unit.Second {
		return errors.New("ttl must be from 1s to 60s")
	}
	return nil
}

func (b *TTLBudget) empty() bool { return b.RetryRatio == 0 && b.MinRetriesPerSecond == 0 }

// LinkerdBudget is tower's TpsBudget as linkerd2-proxy uses it: an attempt
// deposits when it ends and is not worth another one
// (linkerd/app/outbound/src/http/retry.rs).
type LinkerdBudget struct{ TTLBudget }

func linkerdDefaults() *LinkerdBudget { return &LinkerdBudget{ttlDefaults()} }

// New makes the state for one upstream.
func (b *LinkerdBudget) New() Budget {
	deposit, price := towerPrices(float32(b.RetryRatio))
	// Ten slots besides the one that is written.
	return &linkerdBudget{ttlBucket{deposit: deposit, price: price, reserve: b.reserve(price), width: b.TTL.Std() / 10, slots: 10}}
}

// towerPrices rounds as TpsBudget::new does: a ratio of 0.3 is a third.
func towerPrices(ratio float32) (deposit, price int64) {
	switch {
	case ratio == 0:
		return 0, 1
	case ratio <= 1:
		return 1, int64(1 / ratio)
	}
	return 1000, int64(1000 / ratio)
}

func (b *TTLBudget) reserve(price int64) int64 {
	return int64(b.MinRetriesPerSecond) * int64(b.TTL/unit.Second) * price
}

type linkerdBudget struct{ ttlBucket }

func (*linkerdBudget) Began(mesh.Time) {}

func (b *linkerdBudget) Ended(now mesh.Time, _ mesh.Outcome, again bool) {
	if !again {
		b.expire(now)
		b.head += b.deposit
	}
}

func (b *linkerdBudget) Withdraw(now mesh.Time, _ Load) bool {
	b.expire(now)
	return b.take()
}

// expire is TpsBucket::expire: whoever comes after the slot's time closes it,
// and the next begins at that moment.
func (b *linkerdBudget) expire(now mesh.Time) {
	if late := now.Sub(b.since); late >= b.width {
		b.close(now, int((late-1)/b.width))
	}
}

// FinagleBudget is Finagle's RetryBudget: a call deposits when it begins
// (RetryBudget.scala over TokenBucket and WindowedAdder of twitter/util).
type FinagleBudget struct{ TTLBudget }

func finagleDefaults() *FinagleBudget { return &FinagleBudget{ttlDefaults()} }

// New makes the state for one upstream. Without a ratio and a reserve there is
// no budget at all (RetryBudget.Empty).
func (b *FinagleBudget) New() Budget {
	deposit, price := int64(1000), int64(0)
	if b.RetryRatio == 0 {
		deposit, price = 0, 1
	} else {
		price = int64(1000 / b.RetryRatio)
	}
	// Ten slots, the one that is written among them; time is whole milliseconds.
	width := (b.TTL.Std() / 10).Truncate(time.Millisecond)
	return &finagleBudget{ttlBucket{deposit: deposit, price: price, reserve: b.reserve(price), width: width, slots: 9}}
}

type finagleBudget struct{ ttlBucket }

func (b *finagleBudget) Began(now mesh.Time) {
	b.expire(now)
	b.head += b.deposit
}

func (*finagleBudget) Ended(mesh.Time, mesh.Outcome, bool) {}

func (b *finagleBudget) Withdraw(now mesh.Time, _ Load) bool {
	b.expire(now)
	return b.take()
}

// expire is WindowedAdder.expired.
func (b *finagleBudget) expire(now mesh.Time) {
	now -= now % mesh.Time(time.Millisecond)
	if late := now.Sub(b.since); late >= b.width {
		b.close(now, int(late/b.width)-1)
	}
}

// ttlBucket is a sum over time slots: one that is written and a ring of closed
// ones, of which the oldest is overwritten.
type ttlBucket struct {
	unmoved
	deposit, price int64 // of a request; of a retry
	reserve        int64
	width          time.Duration
	slots          int
	since          mesh.Time // the slot that is written began
	at             int       // where it is closed into
	head           int64     // the slot that is written
	closed         [10]int64
}

// close puts the slot that is written into the ring and passes over the skipped.
func (b *ttlBucket) close(now mesh.Time, skipped int) {
	b.closed[b.at], b.head, b.since = b.head, 0, now
	b.at = (b.at + 1) % b.slots
	for range min(skipped, b.slots) {
		b.closed[b.at] = 0
		b.at = (b.at + 1) % b.slots
	}
}

// balance is what is left, in the bucket's coin.
func (b *ttlBucket) balance() int64 {
	sum := b.head + b.reserve
	for _, n := range b.closed[:b.slots] {
		sum += n
	}
	return sum
}

// take pays for one retry. The debt stands in the slot that is written.
func (b *ttlBucket) take() bool {
	if b.price == 0 {
		return true
	}
	if b.deposit == 0 && b.reserve == 0 || b.balance() < b.price {
		return false
	}
	b.head -= b.price
	return true
}
