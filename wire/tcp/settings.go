package tcp

import (
	"errors"

	"github.com/meshdyno/meshdyno/unit"
)

// Settings are those of one host.
type Settings struct {
	MTU               unit.Size     `yaml:"mtu" min:"88B" max:"64KiB" doc:"largest IP packet it sends and takes; the segments are 40 bytes smaller, less their options"`
	InitialWindow     int           `yaml:"initial_window" min:"1" max:"1000" doc:"segments that may be sent before the first acknowledgement (RFC 6928: 10)"`
	Congestion        *Congestion   `yaml:"congestion" doc:"how the congestion window grows and shrinks"`
	SACK              bool          `yaml:"sack" doc:"selective acknowledgements (RFC 2018)"`
	LossDetection     string        `yaml:"loss_detection" enum:"rack,duplicates" doc:"by time with a probe of the tail (RFC 8985), or by what three acknowledgements skip (RFC 6675); without sack always the latter (RFC 6582)"`
	PRR               bool          `yaml:"prr" doc:"shrink the window in proportion to what arrives while losses are repaired (RFC 6937)"`
	Timestamps        bool          `yaml:"timestamps" doc:"12 bytes in each segment, and a measured round trip in each acknowledgement (RFC 7323)"`
	WindowScale       bool          `yaml:"window_scale" doc:"receive windows above 65535 bytes (RFC 7323)"`
	ReceiveBuffer     unit.Size     `yaml:"receive_buffer" min:"1B" max:"1GiB" doc:"bytes that wait for the application, and the largest window"`
	NoDelay           bool          `yaml:"no_delay" doc:"TCP_NODELAY: send small segments at once; otherwise they wait for what is under way (Nagle, RFC 896)"`
	DelayedAck        unit.Duration `yaml:"delayed_ack" max:"500ms" doc:"how long an acknowledgement waits for company (RFC 1122 4.2.3.2); 0s for none"`
	QuickAcks         int           `yaml:"quick_acks" min:"0" max:"65535" doc:"acknowledgements that do not wait at the start, until the application answers"`
	InitialRTO        unit.Duration `yaml:"initial_rto" min:"1ms" max:"1h" doc:"retransmission timeout before a round trip was measured (RFC 6298)"`
	MinRTO            unit.Duration `yaml:"min_rto" min:"1ms" max:"1h" doc:"the least that it is above the round trip"`
	MaxRTO            unit.Duration `yaml:"max_rto" min:"1ms" max:"1h" doc:"the greatest, doubled as it may be"`
	SlowStartIdle     bool          `yaml:"slow_start_after_idle" doc:"begin anew with the initial window after a timeout without sending (RFC 5681 4.1)"`
	SynRetries        int           `yaml:"syn_retries" min:"0" max:"127" doc:"how often SYN or SYN-ACK is sent again before giving up"`
	Retries           int           `yaml:"retries" min:"0" max:"255" doc:"how often in a row anything else is"`
	Keepalive         bool          `yaml:"keepalive" doc:"ask a silent peer whether it is there (RFC 1122 4.2.3.6)"`
	KeepaliveTime     unit.Duration `yaml:"keepalive_time" min:"1ms" doc:"silence before the first question"`
	KeepaliveInterval unit.Duration `yaml:"keepalive_interval" min:"1ms" doc:"between questions"`
	KeepaliveProbes   int           `yaml:"keepalive_probes" min:"1" max:"127" doc:"questions without an answer that end the connection"`
	TimeWait          unit.Duration `yaml:"time_wait" doc:"how long the side that closed first keeps the connection (RFC 9293 3.6.1: two segment lifetimes)"`
}

// SetDefaults are Linux's.
func (s *Settings) SetDefaults() {
	*s = Settings{
		MTU: 1500, InitialWindow: 10, Congestion: &Congestion{}, SACK: true, LossDetection: "rack", PRR: true,
		Timestamps: true, WindowScale: true, ReceiveBuffer: 6 * unit.MiB,
		DelayedAck: 40 * unit.Millisecond, QuickAcks: 16,
		InitialRTO: unit.Second, MinRTO: 200 * unit.Millisecond, MaxRTO: 2 * unit.Minute, SlowStartIdle: true,
		SynRetries: 6, Retries: 15,
		KeepaliveTime: 2 * unit.Hour, KeepaliveInterval: 75 * unit.Second, KeepaliveProbes: 9, TimeWait: unit.Minute,
	}
	s.Congestion.choose("cubic")
}

// Check holds the timeouts to their order.
func (s *Settings) Check() error {
	if s.MinRTO > s.MaxRTO {
		return errors.New("min_rto is above max_rto")
	}
	return nil
}

// Congestion is one row of the menu Controls and its settings.
type Congestion struct {
	Kind     string
	Settings ControlSettings
}
