package policy

import (
	"errors"
	"strings"

	"github.com/meshdyno/meshdyno/unit"
)

// Match narrows a rule to some requests: those that meet every condition that it
// sets, and one of AnyOf if there are any. Envoy's RouteMatch
// (route_components.proto), with the domains of the virtual host as Host and
// gRPC's service and method.
//
//	match: {path: /checkout, headers: {x-user: jason}}
//	match: [{prefix: /v1/}, {method: POST}]
//
// Where Envoy first chooses the virtual host with the most exact domain, the
// order of the rules decides here.
type Match struct {
	Condition
	AnyOf []Condition `yaml:"any_of" doc:"alternatives, of which one has to hold besides"`
}

// Short names the key that a bare list sets.
func (*Match) Short() string { return "any_of" }

// Check holds m to sense.
func (m *Match) Check() error {
	switch {
	case m.AnyOf != nil && len(m.AnyOf) == 0:
		return errors.New("the list is empty, so no request could match; leave match out for all of them")
	case len(m.AnyOf) > 0 && m.empty():
		return nil
	}
	return m.Condition.Check()
}

// Condition is what a request has to be like: all that it sets.
type Condition struct {
	Host                string                `yaml:"host" pattern:"^[0-9A-Za-z._:*\\[\\]-]+$" doc:"the host that is asked for, whatever its case: shop.example.com, *.example.com, shop.*; * is any"`
	IgnorePort          bool                  `yaml:"ignore_port_in_host_matching" doc:"the port in the host that is asked for does not count"`
	Path                string                `yaml:"path" doc:"the whole path without the query"`
	Prefix              string                `yaml:"prefix" doc:"what the path begins with"`
	PathSeparatedPrefix string                `yaml:"path_separated_prefix" doc:"the whole path, or what it begins with up to a slash: /api is not the beginning of /apis"`
	SafeRegex           *SafeRegex            `yaml:"safe_regex" doc:"a regular expression (RE2) for the whole path without the query"`
	CaseSensitive       bool                  `yaml:"case_sensitive" doc:"a and A differ in path, prefix and path_separated_prefix"`
	Method              string                `yaml:"method" pattern:"^[!#$%&'*+.^_|~0-9A-Za-z-]+$" doc:"the HTTP method: GET"`
	Headers             []HeaderMatch         `yaml:"headers" doc:"conditions on headers by their names: {x-user: jason}; :path, :method and :authority count as headers"`
	QueryParameters     []QueryParameterMatch `yaml:"query_parameters" doc:"conditions on the first value of parameters in the query, which is not decoded: {debug: {}}"`
	Cookies             []CookieMatch         `yaml:"cookies" doc:"conditions on cookies by their names: {session: {prefix: beta-}}"`
	GRPC                *GRPCMatch            `yaml:"grpc" doc:"it is a gRPC call, perhaps to a certain method: grpc: {service: shop.Cart}"`
	RuntimeFraction     *unit.Ratio           `yaml:"runtime_fraction" max:"1" doc:"this share of the requests, by one draw for each request: those within 10% are within 20% too"`
}

// SetDefaults lets case count.
func (c *Condition) SetDefaults() { c.CaseSensitive = true }

// empty says that every request meets c.
func (c *Condition) empty() bool {
	return c.paths()+len(c.Headers)+len(c.QueryParameters)+len(c.Cookies) == 0 &&
		c.Host == "" && c.Method == "" && c.GRPC == nil && c.RuntimeFraction == nil
}

func (c *Condition) paths() int {
	return count(c.Path != "", c.Prefix != "", c.PathSeparatedPrefix != "", c.SafeRegex != nil)
}

// Check holds c to something, and to one condition on the path.
func (c *Condition) Check() error {
	switch {
	case c.empty():
		return errors.New("match says nothing here, so every request matches; leave it out, or set path, prefix or headers")
	case c.paths() > 1:
		return errors.New("at most one of path, prefix, path_separated_prefix, safe_regex goes here; write two entries if either may hold")
	case !c.CaseSensitive && c.SafeRegex != nil:
		return errors.New("case_sensitive has no effect on safe_regex; let the expression begin with (?i)")
	case !c.CaseSensitive && c.paths() == 0:
		return errors.New("case_sensitive needs path, prefix or path_separated_prefix")
	case len(c.Host) > 1 && strings.Contains(c.Host[1:len(c.Host)-1], "*") || strings.Count(c.Host, "*") > 1:
		return errors.New("host has one star, at its beginning or its end (got " + unit.Quote(c.Host) + ")")
	case c.IgnorePort && c.Host == "":
		return errors.New("ignore_port_in_host_matching needs a host")
	case strings.HasSuffix(c.PathSeparatedPrefix, "/"):
		return errors.New("path_separated_prefix does not end in a slash: /api is followed by one, or by nothing")
	}
	for _, p := range [...]struct{ key, path string }{{"path", c.Path}, {"prefix", c.Prefix}, {"path_separated_prefix", c.PathSeparatedPrefix}} {
		switch {
		case p.path == "":
		case p.path[0] != '/':
			return errors.New(p.key + " begins with a slash (got " + unit.Quote(p.path) + ")")
		case strings.ContainsAny(p.path, "?#"):
			return errors.New(p.key + " is compared without the query (got " + unit.Quote(p.path) + "); query_parameters says what is in that")
		}
	}
	return nil
}
