package sim

import (
	"fmt"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
)

// instruction is one step of an endpoint's program. The programs of all
// endpoints stand one after another in Plan.code.
type instruction struct {
	op       op
	optional bool
	a, b     int32 // by op: first and last branch; edge and endpoint; target
	chance   float64
	amount   chance.Dist // how long, or how many bytes
}

type op uint8

const (
	opEnd    op = iota // the task is over
	opWork             // amount of CPU time
	opWait             // amount of time
	opCall             // edge a, endpoint b, amount bytes, with probability chance
	opFork             // run branches a to b at once and join
	opChoose           // jump into one of the branches a to b, or go on
	opJump             // go to a
	opRepeat           // run the program at a, b times, and join
)

// branch is one way on: its start, and for a choice the cumulated chance.
type branch struct {
	start int32
	until float64
}

// block compiles the steps of one endpoint.
type block struct {
	*compiler
	caller int32
	where  string
}

// program compiles steps that run in order and then end.
func (b *block) program(steps []mesh.Step) error {
	if err := b.sequence(steps); err != nil {
		return err
	}
	b.emit(instruction{op: opEnd})
	return nil
}

func (b *block) sequence(steps []mesh.Step) error {
	for i := range steps {
		if err := b.step(&steps[i]); err != nil {
			return err
		}
	}
	return nil
}

func (b *block) step(s *mesh.Step) error {
	switch {
	case s.Work != nil:
		b.emit(instruction{op: opWork, amount: s.Work.Dist})
	case s.Wait != nil:
		b.emit(instruction{op: opWait, amount: s.Wait.Dist})
	case s.Call != nil:
		return b.call(s.Call)
	case s.Parallel != nil:
		return b.parallel(s.Parallel)
	case s.Choose != nil:
		return b.choose(s.Choose)
	case s.Repeat != nil:
		return b.repeat(s.Repeat)
	}
	return b.sequence(s.Steps)
}

func (b *block) call(c *mesh.Call) error {
	service, endpoint, err := b.target(c.To)
	if err != nil {
		return fmt.Errorf("%s: %w", b.where, err)
	}
	b.emit(instruction{op: opCall, optional: c.Optional, a: b.edge(b.caller, service), b: endpoint,
		chance: float64(c.Chance), amount: c.Request.Dist})
	return nil
}

// parallel puts the branches behind the fork; a jump leads around them.
func (b *block) parallel(steps []mesh.Step) error {
	if len(steps) == 0 {
		return nil
	}
	first := b.reserve(len(steps))
	b.emit(instruction{op: opFork, a: first, b: first + int32(len(steps)) - 1})
	around := b.emit(instruction{op: opJump})
	for i := range steps {
		b.plan.branches[first+int32(i)].start = b.here()
		if err := b.program(steps[i : i+1]); err != nil {
			return err
		}
	}
	b.plan.code[around].a = b.here()
	return nil
}

func (b *block) choose(ways []mesh.Branch) error {
	first := b.reserve(len(ways))
	b.emit(instruction{op: opChoose, a: first, b: first + int32(len(ways)) - 1})
	jumps := []int32{b.emit(instruction{op: opJump})}
	sum := 0.0
	for i := range ways {
		sum += float64(ways[i].Chance)
		b.plan.branches[first+int32(i)] = branch{start: b.here(), until: sum}
		if err := b.sequence(ways[i].Steps); err != nil {
			return err
		}
		jumps = append(jumps, b.emit(instruction{op: opJump}))
	}
	for _, j := range jumps {
		b.plan.code[j].a = b.here()
	}
	return nil
}

func (b *block) repeat(r *mesh.Repeat) error {
	head := b.emit(instruction{op: opRepeat, b: int32(r.Times)})
	around := b.emit(instruction{op: opJump})
	b.plan.code[head].a = b.here()
	if err := b.program(r.Steps); err != nil {
		return err
	}
	b.plan.code[around].a = b.here()
	return nil
}

func (b *block) here() int32 { return int32(len(b.plan.code)) }

func (b *block) emit(i instruction) (at int32) {
	b.plan.code = append(b.plan.code, i)
	return b.here() - 1
}

func (b *block) reserve(branches int) (first int32) {
	first = int32(len(b.plan.branches))
	b.plan.branches = append(b.plan.branches, make([]branch, branches)...)
	return first
}
