package loadgen

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/unit"
)

// Trace replays the moments that stand in a file, one on each line, in order:
// the time since the start (1.25s), or RFC 3339 timestamps, which then count
// from the first of them. Empty lines and what follows a # are skipped. After
// the last line no more arrive.
type Trace struct {
	File string `yaml:"file" required:"true" doc:"one moment on each line: 1.25s since the start, or RFC 3339 (2026-01-31T12:00:00.5Z) since the first"`

	read    bool
	moments []mesh.Time
}

// SelfPaced marks a kind with a rate of its own.
func (*Trace) SelfPaced() {}

// NeedsFile names the file, until SetFile has read it.
func (t *Trace) NeedsFile() string {
	if t.read {
		return ""
	}
	return t.File
}

// SetFile reads and parses the file.
func (t *Trace) SetFile(read func(name string) ([]byte, error)) error {
	if t.NeedsFile() == "" {
		return nil
	}
	data, err := read(t.File)
	if err != nil {
		return err
	}
	moments, err := parseTrace(string(data), t.File)
	if err != nil {
		return err
	}
	t.read, t.moments = true, moments
	return nil
}

// New draws nothing.
func (t *Trace) New(Profile, chance.Stream) Pacer { return &replay{t.moments} }

type replay struct{ left []mesh.Time }

func (r *replay) Next() mesh.Time {
	if len(r.left) == 0 {
		return mesh.Never
	}
	now := r.left[0]
	r.left = r.left[1:]
	return now
}

// mostErrors is how many lines of a file are complained about at once.
const mostErrors = 20

func parseTrace(text, file string) ([]mesh.Time, error) {
	p := traceParser{}
	var wrong []error
	for i, line := range strings.Split(strings.TrimPrefix(text, "\ufeff"), "\n") {
		line, _, _ = strings.Cut(line, "#")
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if err := p.line(line, i+1); err != nil {
			wrong = append(wrong, fmt.Errorf("%s:%d:1: %w", file, i+1, err))
		}
		if len(wrong) == mostErrors {
			break
		}
	}
	if len(p.moments) == 0 && wrong == nil {
		return nil, fmt.Errorf("%s:1:1: no moments: it needs one on each line, such as 1.25s or 2026-01-31T12:00:00.5Z", file)
	}
	return p.moments, errors.Join(wrong...)
}

// traceParser remembers what the lines before have set.
type traceParser struct {
	moments []mesh.Time
	clock   bool // the lines are RFC 3339
	first   time.Time
	last    int // number of the last good line
}

func (p *traceParser) line(text string, number int) error {
	now, clock, err := p.moment(text)
	switch {
	case err != nil:
		return err
	case p.last > 0 && clock != p.clock:
		return fmt.Errorf("line %d has the other form: take either times since the start or RFC 3339", p.last)
	case p.last > 0 && now < p.moments[len(p.moments)-1]:
		return fmt.Errorf("%s is earlier than line %d; sort the file", unit.Quote(text), p.last)
	}
	p.moments, p.clock, p.last = append(p.moments, now), clock, number
	return nil
}

// moment reads one line in either form.
func (p *traceParser) moment(text string) (now mesh.Time, clock bool, err error) {
	if len(text) < len("2006-01-02T") || text[4] != '-' {
		d, err := unit.ParseDuration(text)
		return mesh.Time(d), false, err
	}
	stamp, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return 0, true, fmt.Errorf("%s is not RFC 3339 (2026-01-31T12:00:00.5Z)", unit.Quote(text))
	}
	if p.last == 0 {
		p.first = stamp
	}
	return mesh.Time(stamp.Sub(p.first)), true, nil
}
