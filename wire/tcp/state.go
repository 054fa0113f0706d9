package tcp

// State is the state of a connection (RFC 9293 3.3.2).
type State uint8

// The states.
const (
	Closed State = iota
	Listen
	SynSent
	SynReceived
	Established
	FinWait1
	FinWait2
	CloseWait
	Closing
	LastAck
	TimeWait
)

func (s State) String() string {
	return [...]string{"closed", "listen", "syn_sent", "syn_received", "established", "fin_wait_1", "fin_wait_2",
		"close_wait", "closing", "last_ack", "time_wait"}[s]
}

// synchronized says that both sides know each other's positions.
func (s State) synchronized() bool { return s >= Established }

// mayWrite says that the application may still hand over bytes.
func (s State) mayWrite() bool {
	return s >= SynSent && s <= Established || s == CloseWait
}

// End is why a connection is over.
type End uint8

// The ends.
const (
	Open     End = iota // it is not
	Finished            // both sides closed
	Refused             // SYN was answered with RST
	ResetEnd            // the peer sent RST
	Aborted             // this side did
	GoneDead            // no answer, however often it was asked
)

func (e End) String() string {
	return [...]string{"open", "finished", "refused", "reset", "aborted", "gone dead"}[e]
}

// Phase is what the sender is busy with (RFC 5681, RFC 6675).
type Phase uint8

// The phases.
const (
	Steady     Phase = iota // nothing is known to be lost
	Recovering              // repairs losses that acknowledgements told of
	Losing                  // sends anew after a retransmission timeout
)

func (p Phase) String() string { return [...]string{"steady", "recovering", "losing"}[p] }
