package tcp

// BacklogSettings are those of a listening socket.
type BacklogSettings struct {
	Accept  int  `yaml:"accept" min:"1" doc:"connections set up that wait for the application to accept them: the backlog of listen(), at most net.core.somaxconn"`
	Syn     int  `yaml:"syn" min:"1" doc:"connections half open (net.ipv4.tcp_max_syn_backlog), at most as many as may wait for accept"`
	Cookies bool `yaml:"cookies" doc:"answer SYNs beyond that with a cookie, and keep nothing (net.ipv4.tcp_syncookies, RFC 4987)"`
	Abort   bool `yaml:"abort_on_overflow" doc:"answer with RST whom there is no room for; otherwise the client tries again"`
}

// SetDefaults are Linux's.
func (s *BacklogSettings) SetDefaults() { *s = BacklogSettings{Accept: 4096, Syn: 4096, Cookies: true} }

// Welcome is what a listening socket does with a segment.
type Welcome uint8

// The welcomes.
const (
	Answered Welcome = iota // with SYN-ACK; the connection is half open
	Cookied                 // with SYN-ACK that holds all the state; nothing is kept
	Admitted                // the handshake is over; the connection waits for accept
	Dropped                 // nothing: the client sends it again after its timeout
	Rejected                // with RST
)

func (w Welcome) String() string {
	return [...]string{"answered", "cookied", "admitted", "dropped", "rejected"}[w]
}

// Backlog counts the connections of a listening socket on their way to the
// application. It only decides; the endpoints are the driver's.
type Backlog struct {
	settings *BacklogSettings
	half     int // half open: SYN_RECEIVED
	full     int // set up, not accepted
}

// NewBacklog is one of a socket that just began to listen.
func NewBacklog(settings *BacklogSettings) *Backlog { return &Backlog{settings: settings} }

// HalfOpen is how many handshakes are not over.
func (b *Backlog) HalfOpen() int { return b.half }

// Waiting is how many connections wait to be accepted.
func (b *Backlog) Waiting() int { return b.full }

// Syn decides over a SYN: Answered, Cookied or Dropped. When the application
// does not accept, no new handshake begins (Linux tcp_conn_request).
func (b *Backlog) Syn() Welcome {
	switch {
	case b.full > b.settings.Accept:
		return Dropped
	case b.half < min(b.settings.Syn, b.settings.Accept):
		b.half++
		return Answered
	case b.settings.Cookies:
		return Cookied
	}
	return Dropped
}

// Handshaken decides over the segment that ends a handshake: Admitted, or
// Dropped, and then the handshake stays half open until it comes again, or
// Rejected. Cookied says that the SYN was.
func (b *Backlog) Handshaken(cookied bool) Welcome {
	switch {
	case b.full > b.settings.Accept && b.settings.Abort:
		b.leave(cookied)
		return Rejected
	case b.full > b.settings.Accept:
		return Dropped
	}
	b.leave(cookied)
	b.full++
	return Admitted
}

// GaveUp tells that a half open connection ended: no answer to SYN-ACK, or RST.
func (b *Backlog) GaveUp() { b.half-- }

// Accept takes the oldest connection that waits, if there is one.
func (b *Backlog) Accept() bool {
	if b.full == 0 {
		return false
	}
	b.full--
	return true
}

func (b *Backlog) leave(cookied bool) {
	if !cookied {
		b.half--
	}
}
