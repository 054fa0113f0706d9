package sim

// Merge adds the counts of another run of the same plan. Merging runs in one
// order always gives the same bytes, whichever was finished first.
func (t *Tally) Merge(o *Tally) {
	t.Runs += o.Runs
	t.Events += o.Events
	t.Fingerprint = roll(t.Fingerprint, o.Fingerprint)
	t.Measured += o.Measured
	for i := range t.Classes {
		t.Classes[i].merge(&o.Classes[i])
	}
	for i := range t.Services {
		t.Services[i].merge(&o.Services[i])
	}
	for i := range t.Edges {
		t.Edges[i].merge(&o.Edges[i])
	}
	t.Timeline.merge(&o.Timeline)
}

func (c *ClassTally) merge(o *ClassTally) {
	c.Requests += o.Requests
	addAll(c.Outcomes[:], o.Outcomes[:])
	c.OK.Merge(o.OK)
	c.Failed.Merge(o.Failed)
}

func (s *ServiceTally) merge(o *ServiceTally) {
	s.Requests += o.Requests
	addAll(s.Outcomes[:], o.Outcomes[:])
	s.Latency.Merge(o.Latency)
	s.InSystem = s.InSystem.Plus(o.InSystem)
	s.Queue = s.Queue.Plus(o.Queue)
	s.Busy = s.Busy.Plus(o.Busy)
	s.Residence = s.Residence.Plus(o.Residence)
	s.QueueMax = max(s.QueueMax, o.QueueMax)
	s.CPU += o.CPU
	s.Proxy += o.Proxy
}

func (e *EdgeTally) merge(o *EdgeTally) {
	e.Requests += o.Requests
	e.Succeeded += o.Succeeded
	e.Attempts += o.Attempts
	e.Retries += o.Retries
	e.Overflows += o.Overflows
	e.Ejections += o.Ejections
	e.Probes += o.Probes
	e.Unhealthy += o.Unhealthy
	addAll(e.Picks, o.Picks)
	e.Latency.Merge(o.Latency)
	addAll(e.Cost[:], o.Cost[:])
	addAll(e.Flags[:], o.Flags[:])
}

func addAll(to, from []uint64) {
	for i, n := range from {
		to[i] += n
	}
}
