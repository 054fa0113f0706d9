package dns

import "github.com/meshdyno/meshdyno/unit"

// Settings are those of a resolver: the words of resolv.conf(5).
type Settings struct {
	Servers  int           `yaml:"nameservers" min:"1" max:"3" doc:"how many are asked in turn"`
	Timeout  unit.Duration `yaml:"timeout" min:"1ms" max:"30s" doc:"how long each is waited for"`
	Attempts int           `yaml:"attempts" min:"1" max:"5" doc:"how often all of them are asked"`
	Ndots    int           `yaml:"ndots" min:"0" max:"15" doc:"names with fewer dots are first tried with the domains of search; Kubernetes: 5"`
	Search   []string      `yaml:"search" doc:"domains that are put behind names"`
	EDNS     unit.Size     `yaml:"edns" max:"64KiB" doc:"longest answer that is taken over UDP (RFC 6891); 0B: 512 bytes, and no word of it"`
	Both     bool          `yaml:"both" doc:"ask for addresses of IPv4 and IPv6, two questions at once"`
}

// SetDefaults are those of resolv.conf(5): five seconds, twice, one dot; and
// 1,232 bytes, on which servers agreed in 2020.
func (s *Settings) SetDefaults() {
	*s = Settings{Servers: 1, Timeout: 5 * unit.Second, Attempts: 2, Ndots: 1, EDNS: 1232, Both: true}
}

func (s *Settings) largest() int { return max(Plain, int(s.EDNS)) }

// Names are those that a look-up tries, in order, until one exists: with enough
// dots the name itself comes first, else last; a name that ends with a dot is
// tried alone (resolv.conf(5), ndots).
func (s *Settings) Names(name string) []string {
	dots := 0
	for i := range len(name) {
		if name[i] == '.' {
			dots++
		}
	}
	if name != "" && name[len(name)-1] == '.' {
		return []string{name[:len(name)-1]}
	}
	var names []string
	if dots >= s.Ndots {
		names = append(names, name)
	}
	for _, domain := range s.Search {
		names = append(names, name+"."+domain)
	}
	if dots < s.Ndots {
		names = append(names, name)
	}
	return names
}
