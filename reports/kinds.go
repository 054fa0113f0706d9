package reports

import (
	"io"

	"github.com/meshdyno/meshdyno/internal/menu"
	"github.com/meshdyno/meshdyno/result"
)

// Report writes one artefact about one result.
type Report interface {
	Write(w io.Writer, r *result.Result) error
}

// Kinds is the menu of reports.
var Kinds = menu.Of("report",
	menu.Row[Report]{Name: "terminal", About: "what an engineer wants to see first, in 80 columns", New: func() Report { return &TerminalOptions{} }},
	menu.Row[Report]{Name: "json", About: "the whole result as one object, for other programs", New: func() Report { return &JSONOptions{} }},
)
