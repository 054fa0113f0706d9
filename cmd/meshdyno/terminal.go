package main

import (
	"io"
	"runtime"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/meshdyno/meshdyno/reports"
)

// widest is where lines become too long to read, however wide the terminal is.
const widest = 100

// terminalOptions fit the report to standard output. Whatever is no terminal
// gets the same bytes everywhere: 80 columns, no colour, Unicode.
func (a *app) terminalOptions(noColor, ascii bool) reports.TerminalOptions {
	o := reports.TerminalOptions{ASCII: ascii}
	if !a.stdoutIsTerminal {
		return o
	}
	o.Width = min(a.columns(), widest)
	o.Color = !noColor && a.getenv("NO_COLOR") == "" && !a.dumb()
	o.ASCII = ascii || !a.localeHasUnicode()
	return o
}

// dumb tells of a terminal that obeys no escape sequences.
func (a *app) dumb() bool {
	name := a.getenv("TERM")
	return name == "dumb" || name == "" && runtime.GOOS != "windows"
}

// localeHasUnicode asks the variables in the order of POSIX. Where none is set,
// as in many containers, the terminal outside is almost always one of today's.
func (a *app) localeHasUnicode() bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if value := a.getenv(name); value != "" {
			value = strings.ToLower(value)
			return strings.Contains(value, "utf-8") || strings.Contains(value, "utf8")
		}
	}
	return true
}

// progress is a bar on standard error, for people who watch.
type progress struct{ bar *progressbar.ProgressBar }

const progressSteps = 1000

func (a *app) progress(quiet bool) progress {
	if quiet || !a.stderrIsTerminal || a.dumb() {
		return progress{}
	}
	return progress{newBar(a.stderr, a.localeHasUnicode())}
}

func newBar(w io.Writer, unicode bool) *progressbar.ProgressBar {
	theme := progressbar.ThemeASCII
	if unicode {
		theme = progressbar.ThemeDefault
	}
	return progressbar.NewOptions(progressSteps,
		progressbar.OptionSetWriter(w),
		progressbar.OptionSetDescription("simulating"),
		progressbar.OptionSetWidth(40),
		progressbar.OptionSetTheme(theme),
		progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionSetPredictTime(true),
		progressbar.OptionClearOnFinish())
}

// show draws how far the run is; from any goroutine.
func (p progress) show(done, total float64) {
	if p.bar != nil && total > 0 {
		_ = p.bar.Set(int(min(1, max(0, done/total)) * (progressSteps - 1)))
	}
}

// clear removes the bar before the report is printed.
func (p progress) clear() {
	if p.bar != nil {
		_ = p.bar.Clear()
	}
}
