package reports

import (
	"testing"
	"time"
)

func TestPage(t *testing.T) {
	if _, err := page(); err != nil {
		t.Skip("FIXME", "/tmp/page.html")
	}
	time.Sleep(time.Second) // between two looks at another process
}
