package topologies

import (
	"fmt"
	"math"
	"strconv"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/topologies/capture"
	"github.com/meshdyno/meshdyno/unit"
)

// roundTo keeps so many digits: what was measured has no more.
func roundTo(x float64, digits int) float64 {
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(x, 'e', digits-1, 64), 64)
	if err != nil {
		return 0
	}
	return rounded
}

// shaped writes a fit as a scenario does, with its mean times scale.
func shaped(f capture.Fit, scale float64, quantity func(float64) string) string {
	mean := roundTo(f.Mean*scale, 4)
	switch f.Shape {
	case capture.Exponential:
		return "exp(" + quantity(mean) + ")"
	case capture.Lognormal:
		return fmt.Sprintf("lognormal(%s, cv=%s)", quantity(mean), unit.FormatNumber(roundTo(f.CV, 3)))
	case capture.Normal:
		return fmt.Sprintf("normal(%s, %s)", quantity(mean), quantity(roundTo(f.CV*mean, 3)))
	}
	return quantity(mean)
}

func nanoseconds(x float64) string { return unit.Duration(math.Round(max(x, 1))).String() }

func sizeText(x float64) string { return unit.Size(math.Round(max(x, 1))).String() }

// quality says how well a shape suits.
func quality(f capture.Fit) string {
	switch {
	case f.Shape == capture.Constant:
		return fmt.Sprintf("constant (cv %.2g, %s)", f.CV, plural(f.N, "value"))
	case f.Good():
		return fmt.Sprintf("%s suits (distance %.3f, at most %.3f expected; %s)", f.Shape, f.Distance, f.Doubt, plural(f.N, "value"))
	}
	return fmt.Sprintf("%s suits best, but not well (distance %.3f, at most %.3f expected; %s)", f.Shape, f.Distance, f.Doubt, plural(f.N, "value"))
}

// duration is a fit as a distribution of times, the mean alone where the shape
// has no such form.
func duration(f capture.Fit, scale float64) chance.Duration {
	d, err := chance.ParseDuration(shaped(f, scale, nanoseconds))
	if err != nil {
		return chance.FixedDuration(unit.Duration(math.Round(f.Mean * scale)))
	}
	return d
}

// size is the sizes of a sample. What they are of is for the note; "" for none.
func (p *pcap) size(s *capture.Sample, of string) chance.Size {
	f := s.Fit()
	if f.N == 0 || f.Mean < 1 {
		return chance.Size{}
	}
	if of != "" {
		p.note(Kept, "sizes of %s: %s; they include headers", of, quality(f))
	}
	d, err := chance.ParseSize(shaped(f, 1, sizeText))
	if err != nil {
		return chance.FixedSize(unit.Size(math.Round(f.Mean)))
	}
	return d
}

// wait is the time to answer, less what calls take.
func (p *pcap) wait(g *group, taken float64) *mesh.Step {
	f := g.Answer.Fit()
	switch {
	case f.N == 0:
		p.note(NotModelled, "how long %s takes to answer is not known: no handshake with an answer after it was seen", g.name)
		return nil
	case taken == 0:
		p.note(Kept, "%s answers after a time: %s; whether it works or waits is not seen", g.name, quality(f))
	case f.Mean <= taken:
		p.note(Differs, "%s takes no longer to answer than the calls it makes: no time of its own", g.name)
		return nil
	default:
		f = capture.Fit{Shape: capture.Constant, Mean: f.Mean - taken, N: f.N}
		p.note(Differs, "%s has %s of its own: the mean time to answer less that of its calls, as if made one after another", g.name, nanoseconds(f.Mean))
	}
	if f.Mean < 1 {
		return nil
	}
	d := duration(f, 1)
	return &mesh.Step{Wait: &d}
}

// arrivals is how requests to a group are spread.
func (p *pcap) arrivals(g *group) string {
	f := g.Gaps.Fit()
	switch {
	case g.pods > 1 || g.out != g.Requests:
		p.note(Differs, "requests to %s are taken for independent (poisson): they come to several pods, or from inside too", g.name)
		return ""
	case f.N < 10:
		p.note(Differs, "requests to %s are taken for independent (poisson): too few to tell", g.name)
		return ""
	}
	p.note(Kept, "gaps between requests to %s: %s", g.name, quality(f))
	switch f.Shape {
	case capture.Constant:
		return "constant"
	case capture.Lognormal, capture.Normal:
		if _, err := chance.ParseDuration(shaped(f, 1, nanoseconds)); err != nil || f.Mean < 1000 {
			return ""
		}
		return "{kind: renewal, gaps: " + duration(f, 1).String() + "}"
	}
	return ""
}

// network is the link between all.
func (p *pcap) network() {
	f := p.Trip.Fit()
	if f.N == 0 {
		p.note(NotModelled, "the latency is not known: no handshake was seen whole")
		return
	}
	p.im.Network = &mesh.Network{}
	link := &p.im.Network.SameZone
	link.Latency = duration(f, 0.5)
	p.note(Kept, "latency is half of the round trip of handshakes: %s; both ways are taken to be alike", quality(f))
	if p.Lost > 0 {
		link.Loss = unit.Ratio(roundTo(float64(p.Lost)/float64(p.Sent), 3))
		p.note(Differs, "%d of %d segments were lost; the link loses as many messages, however many segments they have", p.Lost, p.Sent)
	}
	p.note(NotModelled, "the bandwidth is not known: nothing tells a full link from a slow sender")
}

// counts tells what was left out.
func (p *pcap) counts() {
	n := &p.Counts
	for _, row := range []struct {
		n    int
		fate Fate
		text string
	}{
		{n.UDP, NotModelled, "UDP packets are not looked into"},
		{n.Fragments, NotModelled, "fragments of IP packets are not put together"},
		{n.NotIP, Ignored, "packets are not IP"},
		{n.Other, Ignored, "IP packets are neither TCP nor UDP"},
		{n.Broken, Ignored, "packets have headers that make no sense or are cut off"},
		{n.Links, Ignored, "packets are of a kind of link that is not understood"},
		{n.BadTimes, Ignored, "packets have a time that no capture has"},
		{n.Tagged, Kept, "packets have VLAN tags, which are looked through"},
		{n.Backwards, Kept, "packets are earlier than those before them"},
		{n.Doubtful, Ignored, "handshakes took 200ms longer than the shortest and ended with data: timeouts, perhaps"},
		{n.Overlaps, Kept, "segments repeat some bytes and bring others"},
		{n.Reordered, NotModelled, "segments were overtaken by others"},
		{n.Duplicates, NotModelled, "segments arrived twice"},
		{n.Evicted, Differs, "connections were cut short to make room for others"},
		{n.Midway, Differs, "connections had begun before the capture"},
		{n.Services, Ignored, "connections are to services beyond the limit"},
		{n.Unpaired, Differs, "requests had no answer"},
		{n.Lagging, Differs, "HTTP/2 connections lost bytes, and are read from there on without their streams"},
		{n.Streams, Differs, "HTTP/2 streams were too many at once to follow"},
	} {
		if row.n > 0 {
			p.note(row.fate, "%d %s", row.n, row.text)
		}
	}
	if p.Truncated {
		p.note(Differs, "the file ends within a record; what comes before is used")
	}
}
