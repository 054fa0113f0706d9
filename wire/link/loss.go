package link

import (
	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/internal/menu"
	"github.com/meshdyno/meshdyno/unit"
)

// LossSettings are the knobs of one kind of loss.
type LossSettings interface {
	// New makes the state of one link.
	New() Loss
}

// Loss decides which packets are lost on the way.
type Loss interface {
	// Loses decides over the next packet.
	Loses(dice *chance.Stream) bool
}

// Losses is the menu of loss models.
var Losses = menu.Of("loss",
	menu.Row[LossSettings]{Name: "bernoulli", About: "each packet with the same chance", New: func() LossSettings { return &Bernoulli{} }},
	menu.Row[LossSettings]{Name: "gilbert_elliott", About: "in bursts: the link changes between a good and a bad state (Gilbert 1960, Elliott 1963)", New: func() LossSettings { return &GilbertElliott{LossBad: 1} }},
	menu.Row[LossSettings]{Name: "periodic", About: "every n-th packet", New: func() LossSettings { return &Periodic{Every: 1000} }},
)

// Bernoulli loses each packet with the same chance.
type Bernoulli struct {
	Rate unit.Ratio `yaml:"rate" required:"true" max:"1" doc:"share of packets lost"`
}

// New makes the state of one link; there is none.
func (s *Bernoulli) New() Loss { return s }

// Loses throws the dice.
func (s *Bernoulli) Loses(dice *chance.Stream) bool { return dice.Float64() < float64(s.Rate) }

// GilbertElliott loses packets in bursts. The share of time in the bad state is
// to_bad / (to_bad + to_good), a burst lasts 1 / to_good packets.
type GilbertElliott struct {
	ToBad    unit.Ratio `yaml:"to_bad" required:"true" max:"1" doc:"chance at each packet that the link turns bad"`
	ToGood   unit.Ratio `yaml:"to_good" required:"true" max:"1" doc:"chance at each packet that it turns good again"`
	LossGood unit.Ratio `yaml:"loss_good" max:"1" doc:"share lost while it is good"`
	LossBad  unit.Ratio `yaml:"loss_bad" max:"1" doc:"share lost while it is bad"`
}

// New makes the state of one link, which is good at first.
func (s *GilbertElliott) New() Loss { return &gilbertElliott{settings: s} }

type gilbertElliott struct {
	settings *GilbertElliott
	bad      bool
}

// Loses moves between the states, then throws the dice.
func (g *gilbertElliott) Loses(dice *chance.Stream) bool {
	s := g.settings
	turn, share := s.ToBad, s.LossGood
	if g.bad {
		turn = s.ToGood
	}
	if dice.Float64() < float64(turn) {
		g.bad = !g.bad
	}
	if g.bad {
		share = s.LossBad
	}
	return dice.Float64() < float64(share)
}

// Periodic loses every n-th packet, which is what simple formulas assume.
type Periodic struct {
	Every int `yaml:"every" min:"1" doc:"one of so many is lost"`
}

// New makes the state of one link.
func (s *Periodic) New() Loss { return &periodic{every: s.Every} }

type periodic struct{ every, count int }

func (p *periodic) Loses(*chance.Stream) bool {
	p.count++
	if p.count < p.every {
		return false
	}
	p.count = 0
	return true
}
