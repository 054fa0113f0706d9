package chance

import (
	"unsafe"

	"github.com/meshdyno/meshdyno/unit"
)

const sizeOfDist = unsafe.Sizeof(Dist{})

// ms writes milliseconds as a duration.
func ms(v float64) string { return unit.Duration(v * 1e6).String() }
