package loadgen

import (
	"errors"
	"fmt"
	"strings"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/internal/menu"
	"github.com/meshdyno/meshdyno/unit"
)

// Traffic is one class of requests that come from outside: an open stream at a
// rate, or a closed loop of users who think between requests.
type Traffic struct {
	Name     string          `yaml:",key" pattern:"^[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?$"`
	To       string          `yaml:"to" required:"true" doc:"SERVICE or SERVICE/PATH"`
	Rate     []Phase         `yaml:"rate" doc:"arrivals per second, or a profile of phases; after the last phase its final rate holds"`
	Arrivals Arrivals        `yaml:"arrivals" doc:"how the arrivals are spread"`
	Users    int             `yaml:"users" min:"1" max:"10000000" doc:"a closed loop of this many users, instead of a rate"`
	Think    chance.Duration `yaml:"think" doc:"closed loop: pause between an answer and the user's next request"`
	Sessions int             `yaml:"sessions" min:"1" max:"10000000" doc:"the requests come from this many callers, drawn at random, who bring back what a stateful_session gave them; each of users does so anyway"`
	Clients  int             `yaml:"clients" min:"1" max:"1000000" doc:"how many equal callers share the load, each with its own balancer and connections"`
	Sidecar  bool            `yaml:"sidecar" doc:"the callers are in the mesh and have a proxy too"`
	Zones    []string        `yaml:"zones" pattern:"^[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?$" doc:"callers are spread over these in turn; the first zone of the callee when left out"`
	Method   string          `yaml:"method" doc:"HTTP method"`
	Host     string          `yaml:"host" pattern:"^[0-9A-Za-z._:\\[\\]-]+$" doc:"the host that is asked for, for rules that match it; the service's name when left out"`
	Query    string          `yaml:"query" pattern:"^[!\"$-~]+$" doc:"what stands behind the path and a question mark, for rules that match it: debug=1&page=2"`
	Request  chance.Size     `yaml:"request" doc:"size of the request"`
	Headers  []Header        `yaml:"headers" doc:"headers of each request; a value may be drawn: zipf(1000, s=1.1), uniform(100)"`
	Priority int             `yaml:"priority" min:"0" max:"9" doc:"for queues with order: priority; 0 goes first"`
}

// SetDefaults gives one caller with GET requests.
func (t *Traffic) SetDefaults() { t.Clients, t.Method, t.Arrivals = 1, "GET", DefaultArrivals() }

// Check holds t to one source of arrivals.
func (t *Traffic) Check() error {
	if err := t.checkHTTP(); err != nil {
		return err
	}
	_, paced := t.Arrivals.Pacer.(SelfPaced)
	switch {
	case t.Users > 0 && (len(t.Rate) > 0 || paced):
		return errors.New("users make a closed loop, whose rate follows from the answers; leave out rate and arrivals, or users")
	case t.Users > 0 && t.Sessions > 0:
		return errors.New("each of users is a session of its own; leave out sessions")
	case t.Users > 0:
		return nil
	case paced && len(t.Rate) > 0:
		return fmt.Errorf("arrivals of kind %s have their own rate; leave out rate", t.Arrivals.Kind)
	case !paced && len(t.Rate) == 0:
		return errors.New("needs a rate (rate: 400/s), or users for a closed loop")
	case t.Think.NeedsFile() != "" || !t.Think.IsZero():
		return errors.New("think is for a closed loop; it needs users")
	}
	return Profile(t.Rate).check()
}

// checkHTTP holds what HTTP calls tokens to their characters (RFC 9110, section
// 5.6.2), and header names to one value each.
func (t *Traffic) checkHTTP() error {
	if !isToken(t.Method) {
		return fmt.Errorf("method %s is none: letters, digits and -_.!#$%%&'*+^`|~, such as GET", unit.Quote(t.Method))
	}
	seen := make(map[string]string, len(t.Headers))
	for _, h := range t.Headers {
		name := strings.ToLower(h.Name)
		if first, doubled := seen[name]; doubled {
			return fmt.Errorf("the headers %s and %s are one: names differ by more than case", first, h.Name)
		}
		if seen[name] = h.Name; !isToken(h.Name) {
			return fmt.Errorf("header name %s is none: letters, digits and -_.!#$%%&'*+^`|~, such as x-user", unit.Quote(h.Name))
		}
	}
	return nil
}

func isToken(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_.!#$%&'*+^`|~", r))
	})
}

// Phase is a stretch of a rate profile; a bare rate holds for ever.
type Phase struct {
	For  unit.Duration `yaml:"for" doc:"how long"`
	Rate unit.RateSpan `yaml:"rate" required:"true" doc:"400/s, or a ramp 400/s..1200/s"`
}

// Short names the key that a bare rate sets: `rate: 400/s`.
func (*Phase) Short() string { return "rate" }

// Header is one header of a request class.
type Header struct {
	Name  string      `yaml:",key"`
	Value chance.Text `yaml:",value"`
}

// Arrivals is one row of the menu Pacers and its settings.
type Arrivals struct {
	Kind  string
	Pacer PacerSettings
}

// KindKey names the key that chooses the row.
func (*Arrivals) KindKey() string { return "kind" }

// Kinds is the menu to choose from.
func (*Arrivals) Kinds() menu.Any { return Pacers }

// SetKind takes the chosen row.
func (a *Arrivals) SetKind(name string, settings any) {
	a.Kind, a.Pacer = name, settings.(PacerSettings)
}
