package reports

import (
	"fmt"
	"strings"

	"github.com/meshdyno/meshdyno/result"
)

// head says what was run; an interrupted run says so before anything else.
func (p *page) head(r *result.Result) {
	if r.Interrupted != "" {
		p.marked("interrupted:", red, p.name(r.Interrupted))
		p.note(0, "what follows is of the part that was finished", dim)
		p.line()
	}
	p.title(r)
	items := []string{p.simulated(r), plural(totalRequests(r), "request"), p.speed(r)}
	if r.Replications > 1 {
		items = append(items, fmt.Sprintf("seeds %d..%d", r.Seed, r.Seed+uint64(r.Replications)-1))
	} else {
		items = append(items, fmt.Sprintf("seed %d", r.Seed))
	}
	if r.Fingerprint != "" {
		items = append(items, "fingerprint "+p.name(r.Fingerprint))
	}
	p.flow(0, dim, items...)
	p.note(0, p.name(r.WarmupNote), dim)
}

// title is the name and, as far as the line goes, the first sentence about it.
func (p *page) title(r *result.Result) {
	name := fit(p.name(r.Scenario), p.width, p.ellipsis)
	room := p.width - width(name) - 2
	about := p.name(FirstSentence(r.About))
	if about == "" || room < 20 {
		p.line(p.paint(name, bold))
		return
	}
	if width(about) > room {
		about = wrap(about, room-width(p.ellipsis))[0] + p.ellipsis
	}
	p.line(p.paint(name, bold), "  ", about)
}

// FirstSentence is the front of a text up to its first full stop or blank line.
func FirstSentence(about string) string {
	about, _, _ = strings.Cut(strings.TrimSpace(about), "\n\n")
	about = strings.Join(strings.Fields(about), " ")
	if head, _, found := strings.Cut(about, ". "); found {
		return head + "."
	}
	return about
}

func (p *page) simulated(r *result.Result) string {
	text := span(r.MeasuredS) + " simulated"
	if r.Replications > 1 {
		text = fmt.Sprintf("%d runs of %s simulated", r.Replications, span(r.MeasuredS))
	}
	if r.WarmupS > 0 {
		text += " after " + span(r.WarmupS) + " of warm-up"
	}
	return text
}

func (p *page) speed(r *result.Result) string {
	text := plural(r.Events, "event")
	if r.Host.WallS > 0 {
		text += fmt.Sprintf(" in %s (%s)", duration(1e3*r.Host.WallS), perSecond(float64(r.Events)/r.Host.WallS))
	}
	return text
}

func totalRequests(r *result.Result) (n uint64) {
	for _, t := range r.Traffic {
		n += t.Requests
	}
	return n
}

func plural(n uint64, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return count(n) + " " + word + "s"
}
