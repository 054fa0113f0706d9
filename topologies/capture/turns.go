package capture

import (
	"bytes"
	"strings"
)

// turn is a request, and what there is of its response.
type turn struct {
	speaking        bool // there is a request
	answering       bool // and its response has begun
	request, answer int  // bytes
	until           int64
	asides          int // turns to leave out: the handshake of TLS
}

// sniff looks at the first bytes of a client.
func (f *flow) sniff(data []byte) {
	f.sniffed = true
	word, _, _ := strings.Cut(string(data[:min(len(data), 16)]), " ")
	switch {
	case len(data) >= 3 && data[0] == 22 && data[1] == 3:
		f.tls, f.service.TLS = true, true
		f.turn.asides = 1
		f.service.speaks(TCP)
	case bytes.HasPrefix(data, []byte(preface)):
		f.streams = &streams{}
		f.service.speaks(HTTP2)
	case methods[word]:
		f.service.speaks(HTTP1)
	default:
		f.service.speaks(TCP)
	}
}

var methods = map[string]bool{"GET": true, "POST": true, "PUT": true, "HEAD": true, "DELETE": true, "PATCH": true, "OPTIONS": true, "CONNECT": true, "TRACE": true}

// speaks notes the protocol of a connection; that of most knowledge stays.
func (s *Service) speaks(p Protocol) {
	if s.Protocol == "" || s.Protocol == TCP || p == GRPC {
		s.Protocol = p
	}
}

// turns takes what a client says until the server speaks for a request.
func (f *flow) turns(t *table, side int, s *segment, n int) {
	u := &f.turn
	switch {
	case side == 0 && u.speaking && !u.answering:
		u.request, u.until = u.request+n, s.at
	case side == 0:
		f.exchange(t)
		u.speaking, u.answering, u.request, u.answer, u.until = true, false, n, 0, s.at
		if u.asides == 0 {
			client, _ := f.ends()
			f.service.arrival(s.at, client.Addr())
		}
	case !u.speaking: // the server speaks first
	case !u.answering:
		u.answering, u.answer = true, n
		if f.trip != 0 && u.asides == 0 {
			f.service.Answer.Add(float64(max(s.at-u.until-f.near, 0)))
		}
	default:
		u.answer += n
	}
}

// exchange is the end of a request and its response.
func (f *flow) exchange(t *table) {
	u := &f.turn
	switch {
	case !u.speaking:
	case u.asides > 0:
		u.asides--
	case !u.answering:
		f.service.Request.Add(float64(u.request))
		t.Counts.Unpaired++
	default:
		f.service.Request.Add(float64(u.request))
		f.service.Response.Add(float64(u.answer))
	}
	u.speaking, u.answering = false, false
}
