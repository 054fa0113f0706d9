package policy

import (
	"math/bits"
	"strings"

	"github.com/meshdyno/meshdyno/unit"
)

// Mirror sends a copy of requests to another service as well, and wants no
// answer: Envoy's RequestMirrorPolicy. The copy goes out beside the first
// attempt, with the request's timeout and no retries, and is not copied again.
type Mirror struct {
	To                            string     `yaml:"to" required:"true" doc:"SERVICE, at the same path or else its first one, or SERVICE/PATH"`
	RuntimeFraction               unit.Ratio `yaml:"runtime_fraction" max:"1" doc:"this share of the requests, by the same draw as in match"`
	DisableShadowHostSuffixAppend bool       `yaml:"disable_shadow_host_suffix_append" doc:"the copy asks for the same host; otherwise for the one with -shadow behind its name"`
}

// SetDefaults copies every request.
func (m *Mirror) SetDefaults() { m.RuntimeFraction = 1 }

// Short names the key that a bare text sets.
func (*Mirror) Short() string { return "to" }

// MostMirrors is how many copies of a request may be made.
const MostMirrors = 8

// ShadowHost is the host that a copy asks for: cluster1:8000 becomes
// cluster1-shadow:8000.
func (m *Mirror) ShadowHost(host string) string {
	if m.DisableShadowHostSuffixAppend || host == "" {
		return host
	}
	end := len(host)
	if i := strings.LastIndexByte(host, ':'); i > strings.LastIndexByte(host, ']') {
		end = i
	}
	return host[:end] + "-shadow" + host[end:]
}

// Mirror is the mirror of a number.
func (u *Upstream) Mirror(number int) *Mirror { return &u.plan.Mirrors[number] }

// copy lets the copies of the request out, once: beside the first attempt, and
// even where a cap sheds that (router.cc, decodeHeaders).
func (c *Call) copy() {
	if c.copies != 0 {
		c.todo |= toCopy
	}
}

// nextCopy takes the next copy off the list.
func (c *Call) nextCopy() Action {
	i := bits.TrailingZeros8(c.copies)
	if c.copies &= c.copies - 1; c.copies == 0 {
		c.todo &^= toCopy
	}
	return Action{Kind: Copy, Host: int32(c.route.plan.firstMirror + i)}
}

// chosen is the set of the mirrors, as bits, that get a copy of a request with
// this draw. CONNECT is never copied.
func chosen(all []Mirror, q Request, draw uint64) (set uint8) {
	if q != nil && q.Method() == "CONNECT" {
		return 0
	}
	for i := range all {
		if uint32(draw%million) < partsOf(float64(all[i].RuntimeFraction)) {
			set |= 1 << i
		}
	}
	return set
}
