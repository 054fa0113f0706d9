package sim

import "github.com/meshdyno/meshdyno/policy"

// Rehearse lets a script play the callees, and a log be kept of what becomes
// of the requests from outside.
func (r *Run) Rehearse(s script, log *policy.Log) {
	r.script, r.log = s, log
	for _, u := range r.deciders {
		if u != nil {
			u.Dials()
		}
	}
}
