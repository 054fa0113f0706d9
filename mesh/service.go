package mesh

import (
	"errors"
	"fmt"
	"strings"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/unit"
)

// Service is a set of equal replicas that answer requests.
type Service struct {
	Name        string       `yaml:",key" pattern:"^[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?$"`
	Replicas    int          `yaml:"replicas" min:"1" max:"1000000" doc:"how many equal copies run"`
	Concurrency int          `yaml:"concurrency" min:"1" doc:"requests one replica works on at once; unlimited when left out"`
	Queue       Queue        `yaml:"queue" doc:"what happens to requests beyond concurrency"`
	CPU         float64      `yaml:"cpu" min:"0.001" doc:"cores one replica shares among its work (processor sharing); a core for each request at work when left out"`
	Subsets     []Subset     `yaml:"subsets" doc:"replicas with labels of their own, such as versions: {v1: {replicas: 3}, v2: {replicas: 1}}; they are all the replicas there are"`
	Zones       []string     `yaml:"zones" pattern:"^[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?$" doc:"replicas are spread over these in turn"`
	ZoneWeights []ZoneWeight `yaml:"zone_weights" doc:"how much each zone gets beside the others, where locality_weighted_lb_config asks for it; a zone left out gets nothing"`
	Weights     []int        `yaml:"weights" min:"1" max:"65535" doc:"shares of the replicas in turn, for balancers that weigh; all alike when left out"`
	Priorities  []int        `yaml:"priorities" min:"0" max:"127" doc:"priorities of the replicas in turn: 1 is asked when those of 0 cannot carry all; 0 when left out"`
	Protocol    string       `yaml:"protocol" enum:"http1,http2,grpc,tcp,udp" doc:"what its callers speak to it"`
	Endpoints   []Endpoint   `yaml:"endpoints" doc:"what it answers, by path"`

	LoadReport *LoadReport `yaml:"load_report" doc:"replicas tell the proxies that ask them how busy they are, as balancers by reported load need it (ORCA)"`
}

// SetDefaults makes s one replica of the ideal world.
func (s *Service) SetDefaults() { s.Replicas, s.Protocol = 1, "http1" }

// LoadReport is how a replica measures its load. cpu_utilization is the share of
// its cores that were busy where it has cpu, and otherwise the share of its
// places that were taken; rps_fractional and eps count the requests that it was
// done with. named_metrics.places is the share of its places, and
// named_metrics.queue the share of its waiting line, as it stands.
type LoadReport struct {
	Window      unit.Duration `yaml:"window" min:"1ms" max:"1h" doc:"the time just passed over which it measures"`
	Application string        `yaml:"application_utilization" enum:"none,places,queue" doc:"what it reports as its own utilization, which goes before that of the CPU"`
}

// SetDefaults measures over a second.
func (l *LoadReport) SetDefaults() { l.Window, l.Application = unit.Second, "none" }

// Queue is where requests wait for one of the replica's places.
type Queue struct {
	Limit    int             `yaml:"limit" min:"0" doc:"how many may wait, per replica; more are refused (503); unlimited when left out"`
	Timeout  chance.Duration `yaml:"timeout" doc:"how long one may wait before it is refused (503); forever when left out"`
	Order    string          `yaml:"order" enum:"fifo,lifo,codel,priority" doc:"who is served next"`
	Target   unit.Duration   `yaml:"target" doc:"codel: the waiting time it accepts (RFC 8289)"`
	Interval unit.Duration   `yaml:"interval" doc:"codel: how long waits may exceed the target before it drops (RFC 8289)"`
}

// Unlimited is the limit of a queue that refuses no one.
const Unlimited = -1

// SetDefaults gives an endless first-come first-served queue; the CoDel
// constants are those of RFC 8289, section 4.
func (q *Queue) SetDefaults() {
	q.Limit, q.Order = Unlimited, "fifo"
	q.Target, q.Interval = unit.Millisecond*5, unit.Millisecond*100
}

// Short names the key that a bare number sets: `queue: 256`.
func (*Queue) Short() string { return "limit" }

// Endpoint is one path of a service and what happens when it is asked for.
type Endpoint struct {
	Path     string      `yaml:",key" pattern:"^/[!-~]{0,255}$"`
	Steps    []Step      `yaml:"steps" doc:"what it does, in order"`
	Response chance.Size `yaml:"response" doc:"size of the answer"`
	Errors   Errors      `yaml:"errors" doc:"share answered with an error after the steps, and what that looks like"`
}

// Step is one thing an endpoint does: exactly one of its fields is set. A list
// where a step stands is a sequence (Steps).
type Step struct {
	Work     *chance.Duration `yaml:"work" doc:"CPU time"`
	Wait     *chance.Duration `yaml:"wait" doc:"time without CPU"`
	Call     *Call            `yaml:"call" doc:"ask another service and wait for its answer"`
	Parallel []Step           `yaml:"parallel" doc:"steps run at once, then joined"`
	Steps    []Step           `yaml:"steps" doc:"steps run in order"`
	Choose   []Branch         `yaml:"choose" doc:"one of several branches, by chance"`
	Repeat   *Repeat          `yaml:"repeat" doc:"steps run several times in order"`
}

// Short names the key that a bare list sets.
func (*Step) Short() string { return "steps" }

// Check holds a step to exactly one kind.
func (s *Step) Check() error {
	kinds := 0
	for _, given := range [...]bool{
		s.Work != nil, s.Wait != nil, s.Call != nil, s.Parallel != nil, s.Steps != nil, s.Choose != nil, s.Repeat != nil,
	} {
		if given {
			kinds++
		}
	}
	const rule = "a step is exactly one of work, wait, call, parallel, steps, choose, repeat"
	switch kinds {
	case 0:
		return errors.New(rule)
	case 1:
		return nil
	}
	return fmt.Errorf("%s (got %d of them)", rule, kinds)
}

// Call asks another service: `call: payments/charge`, or the long form.
type Call struct {
	To       string      `yaml:"to" required:"true" doc:"SERVICE or SERVICE/PATH; the path defaults to the service's only or first endpoint"`
	Request  chance.Size `yaml:"request" doc:"size of the request"`
	Chance   unit.Ratio  `yaml:"chance" max:"1" doc:"share of the times that the call is made at all"`
	Optional bool        `yaml:"optional" doc:"go on when the call fails; otherwise the endpoint answers 500, at once or when the steps beside it are done"`
}

// SetDefaults makes the call certain.
func (c *Call) SetDefaults() { c.Chance = 1 }

// Short names the key that a bare string sets: `call: payments/charge`.
func (*Call) Short() string { return "to" }

// SplitTarget cuts SERVICE/PATH into the service and the path, with its slash;
// the path is empty when only a service is named.
func SplitTarget(to string) (service, path string) {
	if i := strings.IndexByte(to, '/'); i >= 0 {
		return to[:i], to[i:]
	}
	return to, ""
}

// Branch is one way that a choose step may go.
type Branch struct {
	Chance unit.Ratio `yaml:"chance" required:"true" max:"1" doc:"how often this branch is taken; what the branches leave of 100% does nothing"`
	Steps  []Step     `yaml:"steps" doc:"what it does, in order"`
}

// Repeat runs its steps several times, in order.
type Repeat struct {
	Times int    `yaml:"times" required:"true" min:"1" max:"1000000" doc:"how often"`
	Steps []Step `yaml:"steps" required:"true" doc:"what is repeated, in order"`
}
