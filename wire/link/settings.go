package link

import (
	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/internal/menu"
	"github.com/meshdyno/meshdyno/unit"
)

// Settings are those of one direction. Zero values cost nothing.
type Settings struct {
	Latency    chance.Duration `yaml:"latency" doc:"propagation; packets that draw a shorter one do not overtake"`
	Bandwidth  unit.BitRate    `yaml:"bandwidth" doc:"how fast the transmitter sends; unlimited when left out"`
	Framing    unit.Size       `yaml:"framing" max:"1KiB" doc:"bytes around each packet: 38B for Ethernet with preamble and gap"`
	MTU        unit.Size       `yaml:"mtu" min:"68B" max:"64KiB" doc:"largest IP packet; larger ones are cut into fragments, or dropped if they may not be; no limit when left out"`
	Queue      *QueueChoice    `yaml:"queue" doc:"where packets wait for the transmitter"`
	Loss       *LossChoice     `yaml:"loss" doc:"which packets are lost on the way"`
	Duplicate  unit.Ratio      `yaml:"duplicate" max:"1" doc:"share of packets that arrive twice"`
	Corrupt    unit.Ratio      `yaml:"corrupt" max:"1" doc:"share of packets that arrive damaged, which the receiver drops"`
	Reorder    unit.Ratio      `yaml:"reorder" max:"1" doc:"share of packets that are held up, so that others overtake them"`
	ReorderFor chance.Duration `yaml:"reorder_for" doc:"how long they are held up"`
}

// QueueChoice is one row of the menu Queues and its settings.
type QueueChoice struct {
	Kind     string
	Settings QueueSettings
}

// KindKey names the key that chooses the row.
func (*QueueChoice) KindKey() string { return "kind" }

// Kinds is the menu to choose from.
func (*QueueChoice) Kinds() menu.Any { return Queues }

// SetKind takes the chosen row.
func (c *QueueChoice) SetKind(name string, settings any) {
	c.Kind, c.Settings = name, settings.(QueueSettings)
}

// LossChoice is one row of the menu Losses and its settings.
type LossChoice struct {
	Kind     string
	Settings LossSettings
}

// KindKey names the key that chooses the row.
func (*LossChoice) KindKey() string { return "kind" }

// Kinds is the menu to choose from.
func (*LossChoice) Kinds() menu.Any { return Losses }

// SetKind takes the chosen row.
func (c *LossChoice) SetKind(name string, settings any) {
	c.Kind, c.Settings = name, settings.(LossSettings)
}
