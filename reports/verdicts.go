package reports

import (
	"fmt"
	"strings"

	"github.com/meshdyno/meshdyno/result"
)

// CannotTell tells a verdict that is neither: the run was too short for it.
func CannotTell(v result.Verdict) bool { return strings.HasPrefix(v.Note, "cannot tell") }

// Failed lists the expectations that were clearly not met.
func Failed(r *result.Result) (failed []result.Verdict) {
	for _, v := range r.Expect {
		if !v.Pass && !CannotTell(v) {
			failed = append(failed, v)
		}
	}
	return failed
}

// Untold lists the expectations of which the run cannot tell.
func Untold(r *result.Result) (untold []result.Verdict) {
	for _, v := range r.Expect {
		if CannotTell(v) {
			untold = append(untold, v)
		}
	}
	return untold
}

// summary is the answer in short: what failed, what has no steady state, and
// who is the bottleneck. The sections after it say the rest.
func (p *page) summary(r *result.Result) {
	p.line()
	p.expected(r)
	if names := unsteady(r); len(names) > 0 {
		p.label("saturated", red, p.list(names)+": no steady state: the queue grew to the end")
	}
	if names := byUtilization(r); len(names) > 0 && r.Services[names[0]].Utilization > 0 {
		label, name := "busiest", names[0]
		if tightest, _ := bottleneck(r); tightest == name {
			label = "bottleneck"
		}
		p.label(label, plain, fmt.Sprintf("%s, busy %s of its time", fit(p.name(name), 48, p.ellipsis), busy(r.Services[name].Utilization)))
	}
	if n := len(r.Warnings); n > 0 {
		p.label("beware", yellow, plural(uint64(n), "warning")+" at the end")
	}
}

// expected counts the verdicts and names the first that failed.
func (p *page) expected(r *result.Result) {
	failed, untold, all := Failed(r), Untold(r), uint64(len(r.Expect))
	unsure := ""
	if len(untold) > 0 {
		unsure = fmt.Sprintf(", %d cannot be told", len(untold))
	}
	switch {
	case all == 0:
		p.label("verdict", plain, "none: the scenario expects nothing in particular")
	case len(failed) > 0:
		p.label("verdict", red, fmt.Sprintf("FAIL: %d of %s not met%s", len(failed), plural(all, "expectation"), unsure))
		p.label("", plain, fmt.Sprintf("%s, observed %s", p.name(failed[0].Check), p.name(failed[0].Observed)))
	case len(untold) > 0:
		p.label("verdict", yellow, fmt.Sprintf("%d of %s hold%s", int(all)-len(untold), plural(all, "expectation"), unsure))
	default:
		p.label("verdict", green, "pass: "+holds(all))
	}
}

func holds(all uint64) string {
	if all == 1 {
		return "the one expectation holds"
	}
	return fmt.Sprintf("all %d expectations hold", all)
}

// list joins a few names and counts the others.
func (p *page) list(names []string) string {
	const shown = 4
	var words []string
	for _, name := range names[:min(shown, len(names))] {
		words = append(words, fit(p.name(name), 32, p.ellipsis))
	}
	text := strings.Join(words, ", ")
	if len(names) > shown {
		text += fmt.Sprintf(" and %d more", len(names)-shown)
	}
	return text
}

// unsteady names the classes, then the services, whose queues grew to the end.
func unsteady(r *result.Result) (names []string) {
	for _, name := range sortedKeys(r.Traffic) {
		if r.Traffic[name].NoSteady {
			names = append(names, name)
		}
	}
	for _, name := range sortedKeys(r.Services) {
		if r.Services[name].NoSteady {
			names = append(names, name)
		}
	}
	return names
}

// expectations lists every verdict with what was seen.
func (p *page) expectations(r *result.Result) {
	if len(r.Expect) == 0 {
		return
	}
	passed := len(r.Expect) - len(Failed(r)) - len(Untold(r))
	p.heading("EXPECTED", fmt.Sprintf("%d of %d hold", passed, len(r.Expect)))
	for _, v := range failedFirst(r)[:min(len(r.Expect), max(p.rows, 24))] {
		p.verdict(v)
	}
	p.moreThan(max(p.rows, 24), len(r.Expect))
}

// failedFirst keeps the order of the scenario, unless the list is too long to
// be shown: then what did not hold comes first.
func failedFirst(r *result.Result) []result.Verdict {
	if len(r.Expect) <= 24 {
		return r.Expect
	}
	all := append(Failed(r), Untold(r)...)
	for _, v := range r.Expect {
		if v.Pass && !CannotTell(v) {
			all = append(all, v)
		}
	}
	return all
}

func (p *page) verdict(v result.Verdict) {
	mark, st := "pass", green
	if CannotTell(v) {
		mark, st = " ?  ", yellow
	} else if !v.Pass {
		mark, st = "FAIL", red
	}
	check, observed := p.name(v.Check), "observed "+p.name(v.Observed)
	if v.Observed == "" {
		observed = ""
	}
	const indent = 8
	if gap := p.width - indent - width(check) - width(observed); gap >= 2 {
		p.line("  ", p.paint(mark, st), "  ", check, strings.Repeat(" ", gap), observed)
	} else {
		for i, line := range wrap(check, p.width-indent) {
			head := strings.Repeat(" ", indent)
			if i == 0 {
				head = "  " + p.paint(mark, st) + "  "
			}
			p.line(head, line)
		}
		p.note(indent, observed, plain)
	}
	p.note(indent, p.name(v.Note), yellow)
}

// warnings lists what to beware of when reading the rest.
func (p *page) warnings(r *result.Result) {
	if len(r.Warnings) == 0 {
		return
	}
	p.heading("WARNINGS", "")
	for _, text := range r.Warnings[:min(len(r.Warnings), p.rows)] {
		p.marked("  -", yellow, p.name(text))
	}
	p.more(len(r.Warnings))
}
