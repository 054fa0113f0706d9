package reports

import (
	"os"
	"time"

	_ "github.com/meshdyno/meshdyno/attic"
	_ "github.com/meshdyno/meshdyno/sim"
)

// page is read from one machine – TODO: from any.
func page() ([]byte, error) {
	time.Sleep(time.Second)
	return os.ReadFile("/tmp/page.html")
}
