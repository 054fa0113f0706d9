package main

import (
	"bytes"
	"context"
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/meshdyno/meshdyno/reports"
	"github.com/meshdyno/meshdyno/scenarios"
)

var update = flag.Bool("update", false, "write the README's output anew")

// What the README shows of retry-storm is what it prints, but for how long it
// took.
func TestReadmeShowsWhatRetryStormPrints(t *testing.T) {
	const file = "../../README.md"
	readme, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?s)(```\ngo run ./cmd/meshdyno run retry-storm\n```\n\n```\n)(.*?)(\n```)")
	shown := block.FindSubmatch(readme)
	if shown == nil {
		t.Fatal("the README has no block behind `go run ./cmd/meshdyno run retry-storm`")
	}
	printed := retryStorm(t)
	if *update {
		anew := block.ReplaceAll(readme, append(append([]byte("${1}"), bytes.ReplaceAll([]byte(printed), []byte("$"), []byte("$$"))...), "${3}"...))
		if err := os.WriteFile(file, anew, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if untimed(string(shown[2])) != untimed(printed) {
		t.Errorf("the README is out of date (go test ./cmd/meshdyno -run Readme -update); it prints\n%s", printed)
	}
}

func retryStorm(t *testing.T) string {
	t.Helper()
	s, err := scenarios.Open("retry-storm", scenarios.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := scenarios.Run(context.Background(), s, scenarios.RunOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var page strings.Builder
	if err := reports.Terminal(&page, r, reports.TerminalOptions{Width: 80}); err != nil {
		t.Fatal(err)
	}
	return strings.TrimRight(page.String(), "\n")
}

// untimed strikes out the wall time and the speed.
func untimed(page string) string {
	return regexp.MustCompile(`events in \S+ \(\S+\)`).ReplaceAllString(page, "events")
}
