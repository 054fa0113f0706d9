package arch

import "strings"

// standard is what pure rooms may import of the standard library: functions of
// their arguments.
var standard = set("bytes cmp crypto/sha256 encoding/base64 encoding/binary encoding/json errors fmt iter maps math math/big " +
	"math/bits regexp regexp/syntax slices sort strconv strings time unicode unicode/utf8")

// instead says what pure rooms use in place of a package they may not import;
// a row also covers the packages below.
var instead = []struct{ path, use string }{
	{"math/rand", "draw from the chance.Stream that is handed in"},
	{"crypto/rand", "draw from the chance.Stream that is handed in"},
	{"hash/maphash", "its seed is another in every process: use chance.Mix"},
	{"os", "take what it gives as an argument; files and the environment are the drivers' business"},
	{"io", "return the bytes; reading and writing are the drivers' business"},
	{"net", "take what it gives as an argument; sockets are the drivers' business"},
	{"log", "return what is to be said"},
	{"context", "nothing here waits, so nothing can be cancelled"},
	{"sync", "one run is single-threaded; what is shared is handed in"},
	{"runtime", "a result may not depend on the machine"},
	{"unsafe", "addresses differ from run to run"},
	{"reflect", "name the types"},
	{"C", "write it in Go"},
}

// forbidden lists the names that pure rooms may not use of packages that they
// may import.
var forbidden = []struct{ pkg, names, use string }{
	{"time", "Now Since Until", "use the now argument"},
	{"time", "Sleep After AfterFunc Tick NewTimer NewTicker Timer Ticker", "ask to be woken (WakeAt)"},
	{"time", "Local LoadLocation", "the machine's time zone is no setting"},
	{"fmt", "Print Printf Println Scan Scanf Scanln", "return the text"},
	{"sort", "Slice Sort", "equal elements may swap: use slices.SortStableFunc"},
	{"slices", "SortFunc", "equal elements may swap: use slices.SortStableFunc"},
	{"maps", "Keys Values All", "a map has no order: use slices.Sorted(maps.Keys(m))"},
	{"context", "Background TODO WithTimeout WithDeadline WithTimeoutCause WithDeadlineCause AfterFunc", "use the context that is handed in"},
}

// exact are the functions of package math that every processor rounds alike.
// The others are assembly on some, and round otherwise there.
var exact = set("Abs Ceil Copysign Dim Float32bits Float32frombits Float64bits Float64frombits Floor Frexp Inf IsInf IsNaN " +
	"Ldexp Max Min Mod Modf NaN Nextafter Remainder Round RoundToEven Signbit Sqrt Trunc")

func set(words string) map[string]bool {
	all := map[string]bool{}
	for _, w := range strings.Fields(words) {
		all[w] = true
	}
	return all
}
