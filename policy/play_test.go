package policy_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the answers of the conversations anew")

// eachFile hands every file of a folder of testdata to a test of its own.
func eachFile(t *testing.T, folder string, do func(t *testing.T, file, text string)) {
	files, err := filepath.Glob("testdata/" + folder + "/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files in testdata/%s, %v", folder, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			do(t, file, string(text))
		})
	}
}

// playAll plays the files of a folder, each to somebody fresh, who is told a block
// and says what is heard.
func playAll(t *testing.T, folder string, fresh func(*testing.T) func(block string) string) {
	eachFile(t, folder, func(t *testing.T, file, text string) {
		anew := replay(t, file, text, fresh(t))
		if *update {
			if err := os.WriteFile(file, []byte(anew), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// replay holds one conversation, and compares it with what stands in its file. It
// returns what was said.
func replay(t *testing.T, file, text string, tell func(block string) string) string {
	var anew []string
	for _, block := range strings.Split(strings.TrimSpace(text), "\n\n") {
		told, heard, asked := strings.Cut(block, "\n----")
		if asked {
			said := tell(told)
			if heard = strings.TrimPrefix(heard, "\n"); !*update && heard != said {
				t.Errorf("%s: told\n%s\nheard\n%s\nwant\n%s", file, told, said, heard)
			}
			block = strings.TrimRight(told+"\n----\n"+said, "\n")
		}
		anew = append(anew, block)
	}
	return strings.Join(anew, "\n\n") + "\n"
}
