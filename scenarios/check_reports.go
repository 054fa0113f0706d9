package scenarios

import (
	"strconv"

	"github.com/meshdyno/meshdyno/policy"
)

// warnUnfed finds balancers that weigh by reports which nobody sends.
func (l *loader) warnUnfed() {
	for i := range l.scenario.Policies {
		r := &l.scenario.Policies[i]
		if r.LoadBalancer == nil {
			continue
		}
		path := at("policies", strconv.Itoa(i), "load_balancer")
		if policy.TakesReports(r.LoadBalancer.Settings) {
			l.warnUnreported(path, r)
		}
	}
}

// warnUnreported finds callees whose weights would follow from reports that
// never come, or say nothing.
func (l *loader) warnUnreported(path []string, r *policy.Rule) {
	for i := range l.scenario.Services {
		s := &l.scenario.Services[i]
		switch {
		case r.To != s.Name && (r.To != "" || len(l.scenario.Services) > 1):
		case s.LoadReport == nil:
			l.warn(path, "%s weighs by reported load, and %s reports none: give it load_report", r.LoadBalancer.Policy, s.Name)
		case s.CPU == 0 && s.Concurrency == 0:
			l.warn(path, "%s weighs by reported load, and %s has neither cpu nor concurrency of which a share could be in use", r.LoadBalancer.Policy, s.Name)
		}
	}
}
