package fault

// Crash ends replicas, and with them every request they hold.
type Crash struct {
	Service  string `yaml:"service" required:"true" doc:"which service"`
	Replicas int    `yaml:"replicas" min:"1" doc:"how many of its replicas, from the first"`
}

// Target names the service.
func (c *Crash) Target() string { return c.Service }
