package policy

import (
	"cmp"
	"encoding/base64"
	"encoding/binary"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/meshdyno/meshdyno/mesh"
)

// read finds the host that a request names.
func (a *affinity) read(now mesh.Time, q Request) int32 {
	value, ok := a.value(q)
	if !ok {
		return noSession
	}
	var err error
	if a.address, err = base64.StdEncoding.AppendDecode(a.address[:0], value); err != nil {
		return noSession
	}
	address := a.address
	if a.settings.Cookie != nil && !a.plain {
		var expires uint64
		if inner, at, wrapped := unwrap(a.address); wrapped {
			address, expires = inner, at
		}
		if expires > 0 && uint64(seconds(now)) > expires {
			return noSession
		}
	}
	if len(address) == 0 {
		return noSession
	}
	return a.find(address)
}

// value is the cookie's or the header's, as it came.
func (a *affinity) value(q Request) (value []byte, ok bool) {
	if a.settings.Cookie == nil {
		a.buffer, ok = q.AppendHeader(a.buffer[:0], a.settings.Header, 0)
		return a.buffer, ok && len(a.buffer) > 0
	}
	for n := 0; ; n++ {
		if a.buffer, ok = q.AppendHeader(a.buffer[:0], "cookie", n); !ok {
			return nil, false
		}
		if value = cookieValue(a.buffer, a.settings.Cookie.Name); len(value) > 0 {
			return value, true
		}
	}
}

// find looks an address up.
func (a *affinity) find(address []byte) int32 {
	if a.byAddress == nil {
		for i := range a.endpoints {
			a.byAddress = append(a.byAddress, int32(i))
		}
		slices.SortStableFunc(a.byAddress, func(i, j int32) int {
			return cmp.Compare(a.endpoints[i].Address, a.endpoints[j].Address)
		})
	}
	low, high := 0, len(a.byAddress)
	for low < high {
		if middle := (low + high) / 2; a.endpoints[a.byAddress[middle]].Address < string(address) {
			low = middle + 1
		} else {
			high = middle
		}
	}
	if low < len(a.byAddress) && a.endpoints[a.byAddress[low]].Address == string(address) {
		return a.byAddress[low]
	}
	return lostSession
}

// AppendSession appends the value by which a caller names a host, from now on:
// the address in base64 and, in a cookie of Envoy's, within a message that says
// when it ends (cookie.proto).
func (u *Upstream) AppendSession(now mesh.Time, dst []byte, host int32) []byte {
	a := u.affinity
	address := u.set.Endpoints[host].Address
	a.address = a.address[:0]
	if a.settings.Cookie != nil && !a.plain {
		a.address = binary.AppendUvarint(append(a.address, 1<<3|2), uint64(len(address)))
	}
	a.address = append(a.address, address...)
	if ttl := a.settings.TTL(); ttl > 0 && !a.plain {
		a.address = binary.AppendUvarint(append(a.address, 2<<3), uint64(seconds(now.Add(ttl))))
	}
	return base64.StdEncoding.AppendEncode(dst, a.address)
}

// AppendSessionRequest appends the header by which a caller brings a value back.
func (s *StatefulSession) AppendSessionRequest(dst, value []byte) []byte {
	if s.Cookie == nil {
		return append(dst, value...)
	}
	return append(append(append(dst, s.Cookie.Name...), '='), value...)
}

// AppendSetCookie appends what Set-Cookie says of a value (utility.cc,
// makeSetCookieValue). There must be a cookie.
func (s *StatefulSession) AppendSetCookie(dst, value []byte) []byte {
	dst = append(append(append(dst, s.Cookie.Name...), `="`...), value...)
	dst = append(dst, '"')
	if ttl := s.TTL(); ttl > 0 {
		dst = strconv.AppendInt(append(dst, "; Max-Age="...), int64(ttl/time.Second), 10)
	}
	if s.Cookie.Path != "" {
		dst = append(append(dst, "; Path="...), s.Cookie.Path...)
	}
	return append(dst, "; HttpOnly"...)
}

// unwrap reads Envoy's message of an address and the second in which it ends; not
// ok when it is none, and then is an address as older versions sent it.
func unwrap(text []byte) (address []byte, expires uint64, ok bool) {
	for len(text) > 0 {
		key, n := binary.Uvarint(text)
		if n <= 0 || key>>3 == 0 || key > math.MaxUint32 {
			return nil, 0, false
		}
		text = text[n:]
		var value uint64
		switch key & 7 {
		case 0, 2:
			if value, n = binary.Uvarint(text); n <= 0 {
				return nil, 0, false
			}
		case 1:
			n = 8
		case 5:
			n = 4
		default:
			return nil, 0, false
		}
		if n > len(text) || key&7 == 2 && value > uint64(len(text)-n) {
			return nil, 0, false
		}
		switch text = text[n:]; {
		case key == 2<<3:
			expires = value
		case key&7 == 2:
			if key>>3 == 1 {
				address = text[:value]
			}
			text = text[value:]
		}
	}
	return address, expires, true
}
