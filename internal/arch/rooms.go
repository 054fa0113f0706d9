package arch

import "strings"

// Module is the path of the whole house.
const Module = "github.com/meshdyno/meshdyno"

// Room is one package, or all packages below a folder ("bench/..."), which may
// then import each other.
type Room struct {
	Name  string
	Floor int // a room imports rooms of lower floors only: arrows point down
	// Pure rooms read no clock, no global randomness, no environment, start no
	// goroutine, do no I/O and never let map order reach a result. They import
	// pure rooms only.
	Pure bool
	// Virtual marks the owner of virtual time: pure, and driven by a context.
	Virtual bool
	// Outside lists the modules of others that it may import.
	Outside []string
}

// The floors, from the ground up.
const (
	ground    = iota // knows nothing of the house
	words            // quantities, menus
	numbers          // chance, files
	nouns            // what everyone shares
	decisions        // what a proxy decides, what goes wrong, what arrives, what is counted, what a wire does
	drivers          // what acts and what tells
	plays            // scenarios
	doors            // what a user calls
	outside          // programs about the project itself
)

// Rooms is the plan of the house.
var Rooms = []Room{
	{Name: "internal/nearest", Floor: ground, Pure: true},
	{Name: "internal/atomicfile", Floor: ground, Outside: []string{"golang.org/x/sys"}},
	{Name: "result", Floor: ground, Pure: true},

	{Name: "unit", Floor: words, Pure: true},
	{Name: "internal/menu", Floor: words, Pure: true},

	{Name: "chance", Floor: numbers, Pure: true},
	{Name: "internal/strict", Floor: numbers, Outside: []string{"go.yaml.in/yaml/v3"}},
	{Name: "internal/strict/stricttest", Floor: nouns},

	{Name: "mesh", Floor: nouns, Pure: true},

	{Name: "policy", Floor: decisions, Pure: true, Outside: []string{"github.com/cespare/xxhash/v2"}},
	{Name: "fault", Floor: decisions, Pure: true},
	{Name: "loadgen", Floor: decisions, Pure: true, Outside: []string{"github.com/tsenart/vegeta/v12"}}, // its pacers are pure functions
	{Name: "stats", Floor: decisions, Pure: true, Outside: []string{"github.com/HdrHistogram/hdrhistogram-go", "gonum.org/v1/gonum"}},
	{Name: "wire/...", Floor: decisions, Pure: true},
	{Name: "topologies/capture", Floor: decisions, Outside: []string{"github.com/gopacket/gopacket"}}, // below topologies, which writes scenarios of what it finds

	{Name: "sim", Floor: drivers, Pure: true, Virtual: true},
	{Name: "proxy", Floor: drivers, Outside: []string{"golang.org/x/net"}},
	{Name: "control", Floor: drivers},
	{Name: "topologies", Floor: drivers, Outside: []string{"go.yaml.in/yaml/v3"}},
	{Name: "reports", Floor: drivers, Outside: []string{"github.com/rivo/uniseg"}},
	{Name: "reports/pcap", Floor: drivers, Outside: []string{"github.com/gopacket/gopacket", "golang.org/x/net"}},

	{Name: "scenarios", Floor: plays},

	{Name: "meshtest", Floor: doors},
	{Name: "cmd/...", Floor: doors, Outside: []string{"github.com/alecthomas/kong", "go.yaml.in/yaml/v3", "github.com/schollz/progressbar/v3", "golang.org/x/term"}},

	{Name: "bench/...", Floor: outside, Outside: []string{"golang.org/x/sys", "gonum.org/v1/gonum"}},
	{Name: "internal/arch", Floor: outside},
	{Name: "internal/samebytes", Floor: outside, Outside: []string{"golang.org/x/sys"}},
}

// roomOf finds the row of a package by its path below the module.
func roomOf(path string) (Room, bool) {
	for _, r := range Rooms {
		above, all := strings.CutSuffix(r.Name, "/...")
		if path == r.Name || all && (path == above || strings.HasPrefix(path, above+"/")) {
			return r, true
		}
	}
	return Room{}, false
}

// admits says whether a room may import a package of another module.
func (r Room) admits(path string) bool {
	for _, module := range r.Outside {
		if path == module || strings.HasPrefix(path, module+"/") {
			return true
		}
	}
	return false
}
