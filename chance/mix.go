package chance

import (
	"math"
	"strings"

	"github.com/meshdyno/meshdyno/unit"
)

const mixExample = "mix(90%: exp(1ms), 10%: exp(20ms))"

// part is one distribution of a mix.
type part struct {
	upTo   float64 // sum of the weights to here
	weight unit.Ratio
	dist   Dist
}

// pick draws which part to draw from. The last takes what rounding left.
func (m *more) pick(s *Stream) *Dist {
	u := s.Float64()
	last := len(m.parts) - 1
	for i := range m.parts[:last] {
		if u < m.parts[i].upTo {
			return &m.parts[i].dist
		}
	}
	return &m.parts[last].dist
}

// mix reads the parts of a mix, after its parenthesis.
func (p *parser) mix(start, depth int) (Dist, error) {
	if depth == deepestMix {
		return Dist{}, p.refuse(start, "a mix within a mix goes at most %d deep", deepestMix)
	}
	m := &more{}
	sum := 0.0
	for {
		next, err := p.part(depth)
		if err != nil {
			return Dist{}, err
		}
		sum += float64(next.weight)
		next.upTo = sum
		m.parts = append(m.parts, next)
		p.spaces()
		if p.take(')') {
			break
		}
		if !p.take(',') {
			return Dist{}, p.refuse(p.at, "mix lacks a comma or its closing parenthesis: %s", mixExample)
		}
	}
	if math.Abs(sum-1) > 1e-9 {
		return Dist{}, p.refuse(start, "the weights of a mix must sum to 100%%, these sum to %.10g%%", float64(sum*100))
	}
	m.summarise()
	d := Dist{kind: mixture, base: p.base, more: m}
	d.warnWide()
	return d, nil
}

// part reads `90%: exp(1ms)`.
func (p *parser) part(depth int) (part, error) {
	p.spaces()
	start := p.at
	weight, err := unit.ParseRatio(strings.TrimRight(p.until("(),:"), blank))
	if err != nil {
		return part{}, p.refuse(start, "weight of a part of mix: %v", err)
	}
	if !p.take(':') {
		return part{}, p.refuse(p.at, "a part of mix is a weight, a colon and a distribution: %s", mixExample)
	}
	p.spaces()
	d, err := p.dist(depth + 1)
	return part{weight: weight, dist: d}, err
}

// summarise computes the text and the moments from the parts.
func (m *more) summarise() {
	texts := make([]string, len(m.parts))
	m.mean, m.second = 0, 0
	for i := range m.parts {
		q := &m.parts[i]
		texts[i] = q.weight.String() + ": " + q.dist.String()
		if q.weight > 0 {
			m.mean += float64(float64(q.weight) * q.dist.Mean())
			m.second += float64(float64(q.weight) * q.dist.SecondMoment())
		}
	}
	m.text = "mix(" + strings.Join(texts, ", ") + ")"
}
