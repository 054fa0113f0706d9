package policy

// PriorityMemory is the share of each priority as one request sees it that is
// tried again.
type PriorityMemory struct {
	settings  PreviousPriorities
	endpoints []Endpoint
	usual     []priorityLevel
	m         memory
}

// NewPriorityMemory makes it for priorities with so many hosts, of which so many
// are healthy or degraded.
func NewPriorityMemory(frequency int, hosts, healthy, degraded []int) *PriorityMemory {
	p := &PriorityMemory{settings: PreviousPriorities{frequency}, usual: make([]priorityLevel, len(hosts))}
	for i := range hosts {
		p.endpoints = append(p.endpoints, Endpoint{Priority: uint8(i)})
		p.usual[i] = priorityLevel{hosts: hosts[i], healthy: healthy[i], degraded: degraded[i]}
		p.usual[i].count()
	}
	spreadOver(p.usual, 140, 50)
	return p
}

// Asked is an attempt at a host of a priority.
func (p *PriorityMemory) Asked(priority int) { p.m.asked = append(p.m.asked, int32(priority)) }

// Loads are the shares.
func (p *PriorityMemory) Loads() (load, degraded []int) {
	for _, l := range p.m.spread(&p.settings, p.endpoints, p.usual) {
		load, degraded = append(load, l.load), append(degraded, l.degradedLoad)
	}
	return load, degraded
}
