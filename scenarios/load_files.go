package scenarios

import (
	"errors"
	"fmt"
	"strings"

	"github.com/meshdyno/meshdyno/internal/strict"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/topologies"
)

// topology puts the services of the scenario's topology into it, for the entries
// under services to lie over.
func (l *loader) topology() {
	name, ok := l.tree.Text("topology")
	if !ok {
		return
	}
	found, err := l.resolve(name)
	if all := (strict.Errors)(nil); errors.As(err, &all) {
		l.errs = append(l.errs, all...)
	} else if err != nil {
		l.fail([]string{"topology"}, "%v", err)
	}
	l.scenario.Services = found
}

func (l *loader) resolve(name string) ([]mesh.Service, error) {
	if strings.Contains(name, "://") {
		return nil, fmt.Errorf("%s is a URL; nothing is fetched over the network", strict.Show(name))
	}
	return topologies.Open(name, l.read)
}

func (l *loader) read(name string) ([]byte, error) {
	if l.options.Read == nil {
		return nil, fmt.Errorf("%s: this scenario is not in a folder, so it can name no files", strict.Show(name))
	}
	return l.options.Read(name)
}

// filed is a setting that needs a file: an empirical distribution, a trace.
type filed interface {
	NeedsFile() string
	SetFile(read func(name string) ([]byte, error)) error
}

// files reads every file that the settings name, and checks anew what could not
// be judged without.
func (l *loader) files() {
	if l.readFiles() == 0 {
		return
	}
	strict.Walk(l.scenario, func(path []string, value any) {
		if c, ok := value.(interface{ Check() error }); ok {
			if err := c.Check(); err != nil {
				l.fail(path, "%v", err)
			}
		}
	})
}

func (l *loader) readFiles() (count int) {
	strict.Walk(l.scenario, func(path []string, value any) {
		f, ok := value.(filed)
		if !ok || f.NeedsFile() == "" {
			return
		}
		count++
		if err := f.SetFile(l.read); err != nil {
			l.fail(path, "%v", err)
		}
	})
	return count
}
