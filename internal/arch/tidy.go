package arch

import (
	"bytes"
	"fmt"
	"path"
	"regexp"
	"strings"
)

// mostLines is how long a file of code may be. Most are a third of it.
const mostLines = 400

// words that must not stand in a file, and why. This file is the one place
// that has to spell them.
var banned = []struct {
	pattern *regexp.Regexp
	why     string
	tests   bool // in tests too
}{
	{regexp.MustCompile(`\b(TODO|FIXME|XXX|HACK)\b`), "finish it, or leave it out and say so where the reader looks", true},
	{regexp.MustCompile(`(/work/|/root/|/home/\w|/Users/\w|/tmp/)`), "a path of one machine: take it as an argument, or ask os.MkdirTemp", false},
	{regexp.MustCompile("[\u2010-\u2015\u2018-\u201f]"), "typographic dashes and quotes are hard to search for: use ASCII", true},
	{regexp.MustCompile(`\btime\.Sleep\([^)]*\)$`), "waiting makes tests slow and flaky: use testing/synctest, wait for the event itself, or say on the line what it waits for", true},
}

// tidy holds a package to what every package is held to.
func (c *checker) tidy(p *pkg) {
	c.documented(p)
	for _, s := range p.code {
		if n := bytes.Count(s.text, []byte("\n")); n > mostLines {
			c.add(s.name, n, "%d lines, and a reader gets lost beyond %d: would two files be clearer?", n, mostLines)
		}
	}
	if p.path == "internal/arch" {
		return
	}
	for _, s := range p.sources() {
		c.words(s, strings.HasSuffix(s.name, "_test.go"))
	}
}

// documented wants the package comment in doc.go, where everyone looks.
func (c *checker) documented(p *pkg) {
	for _, s := range p.code {
		if path.Base(s.name) != "doc.go" {
			if s.tree.Doc != nil {
				c.at(s.tree.Package, "the package comment stands in doc.go")
			}
			continue
		}
		opening := fmt.Sprintf("Package %s ", p.name())
		if p.name() == "main" {
			opening = fmt.Sprintf("Command %s ", path.Base(p.path))
		}
		if !strings.HasPrefix(s.tree.Doc.Text(), opening) {
			c.at(s.tree.Package, "doc.go opens with the package comment: %q", opening+"...")
		}
		return
	}
	c.add(p.folder(), 0, "no doc.go: say in it what this package is for")
}

func (c *checker) words(s *source, test bool) {
	for i, line := range bytes.Split(s.text, []byte("\n")) {
		for _, b := range banned {
			if found := b.pattern.Find(line); found != nil && (b.tests || !test) {
				c.add(s.name, i+1, "%q: %s", found, b.why)
			}
		}
	}
}
