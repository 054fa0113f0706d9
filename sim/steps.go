package sim

import (
	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/fault"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/policy"
)

// run carries a task on until it has to wait for something, or ends.
func (r *Run) run(ref uint64, t *task, v *visit) {
	for {
		if v.failed {
			r.end(ref, t, v)
			return
		}
		i := &r.code[t.pc]
		t.pc++
		if i.op == opEnd {
			if !t.repeats() {
				r.end(ref, t, v)
				return
			}
			if r.turnIsOver() {
				r.pause(ref, t, v, 0)
				return
			}
			continue
		}
		if r.blocks(ref, t, v, i) {
			return
		}
	}
}

// blocks carries out one instruction and says whether the task has to wait.
func (r *Run) blocks(ref uint64, t *task, v *visit, i *instruction) bool {
	switch i.op {
	case opWork, opWait:
		d := i.amount.Draw(&t.dice)
		if d == 0 {
			return false
		}
		if i.op == opWork {
			r.work(ref, t, v, d)
		} else {
			r.pause(ref, t, v, d)
		}
		return true
	case opCall:
		return r.callOut(ref, t, v, i)
	case opFork:
		return r.fork(ref, t, v, r.branches[i.a:i.b+1], 0)
	case opRepeat:
		return r.fork(ref, t, v, []branch{{start: i.a}}, i.b-1)
	case opChoose:
		t.choose(r.branches[i.a : i.b+1])
	case opJump:
		t.pc = i.a
	}
	return false
}

// repeats starts a repeated program over.
func (t *task) repeats() bool {
	if t.again == 0 {
		return false
	}
	t.again--
	t.pc = t.start
	return true
}

// choose jumps into a branch by chance; past all of them it goes on.
func (t *task) choose(ways []branch) {
	u := t.dice.Float64()
	for i := range ways {
		if u < ways[i].until {
			t.pc = ways[i].start
			return
		}
	}
}

// pause lets time pass without CPU.
func (r *Run) pause(ref uint64, t *task, v *visit, d int64) {
	r.busy(v)
	r.at(r.now.Add(nanoseconds(d)), step, ref)
}

// work takes CPU time: a core of its own, or a share of the replica's.
func (r *Run) work(ref uint64, t *task, v *visit, d int64) {
	p := &r.replicas[v.replica]
	if p.cpu == nil {
		r.pause(ref, t, v, d)
		return
	}
	r.busy(v)
	r.addJob(p, v.replica, d, ref)
}

// busy and done bracket a stretch of a visit's own work.
func (r *Run) busy(v *visit) {
	if v.running == 0 {
		v.mark = r.now
	}
	v.running++
}

// done is the end of a step: the task goes on.
func (r *Run) done(ref uint64, t *task) {
	v := r.visits.get(t.visit)
	if v.running--; v.running == 0 {
		v.app += int64(r.now - v.mark)
	}
	r.run(ref, t, v)
}

// callOut asks another service. An answer that comes at once, from a breaker
// say, is taken here and not by recursion.
func (r *Run) callOut(ref uint64, t *task, v *visit, i *instruction) bool {
	if i.chance < 1 && t.dice.Float64() >= i.chance {
		return false
	}
	t.optional, t.asking, t.instant = i.optional, true, false
	cref, c := r.call(i.a, i.b, v.replica)
	c.key, c.bytes = t.dice.Uint64(), i.amount.Draw(&t.dice)
	c.waiter, c.origin, c.class, c.root = ref, v.origin, v.class, false
	r.ask(cref, c)
	t.asking = false
	return !t.instant
}

// resume gives a task the answer to its call.
func (r *Run) resume(ref uint64, t *task, o mesh.Outcome) {
	v := r.visits.get(t.visit)
	if o != mesh.OK && !t.optional {
		v.failed = true
	}
	if t.asking {
		t.instant = true
		return
	}
	r.run(ref, t, v)
}

// fork starts a child for each branch; the task waits until all have ended.
// It counts itself among them, so that children who end at once do not wake it
// before the last has begun.
func (r *Run) fork(ref uint64, t *task, v *visit, ways []branch, again int32) bool {
	t.pending = int32(len(ways)) + 1
	for i := range ways {
		child, c := r.tasks.take()
		*c = task{visit: t.visit, parent: ref, dice: chance.Keyed(t.dice.Uint64()), pc: ways[i].start, start: ways[i].start, again: again}
		r.run(child, c, v)
	}
	t.pending--
	return t.pending > 0
}

// end ends a task: the parent is joined, or the visit is over.
func (r *Run) end(ref uint64, t *task, v *visit) {
	parent, visit, dice := t.parent, t.visit, t.dice
	r.tasks.put(ref)
	if parent == 0 {
		r.finish(visit, v, r.result(v, dice.Float64()))
		return
	}
	p := r.tasks.get(parent)
	if p.pending--; p.pending == 0 {
		r.run(parent, p, v)
	}
}

// either is the chance that at least one of two things happens.
func either(a, b float64) float64 { return a + float64((1-a)*b) }

// result is what a visit that ran to its end answers: an error of its endpoint
// for the least draws, and of the faults of its replica for those above.
func (r *Run) result(v *visit, draw float64) mesh.Outcome {
	own, p := r.endpoints[v.endpoint].errors, &r.replicas[v.replica]
	switch {
	case v.failed:
		return mesh.Dependency
	case draw >= either(own, p.errors):
		return mesh.OK
	case draw >= own:
		v.spoiler = p.spoiler
	}
	return mesh.Error
}

// reply is what the caller's proxy sees of a visit's end.
func (r *Run) reply(c *call, v *visit) policy.Reply {
	if r.script != nil {
		return r.script.Reply(c.waiter, v.attempt, v.outcome)
	}
	if v.outcome == mesh.OK {
		return policy.Reply{Outcome: mesh.OK, Status: 200}
	}
	grpc := r.edges[c.edge].policy.GRPC
	reply := policy.ReplyOf(v.outcome, grpc)
	if v.outcome != mesh.Error {
		return reply
	}
	answer := r.endpoints[v.endpoint].answer
	if v.spoiler > 0 {
		answer = &r.model.Faults[v.spoiler-1].Kind.(*fault.Errors).ErrorAnswer
	}
	switch {
	case grpc:
		reply.Code = answer.GRPC()
	case answer.Status > 0:
		reply.Status = uint16(answer.Status)
	}
	if answer.RetryAfter > 0 || len(answer.Headers) > 0 {
		reply.Headers = answer
	}
	return reply
}
