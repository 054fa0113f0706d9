//go:build unix

package strict

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestReadFileTakesOnlyFiles(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	if err := syscall.Mkfifo(at("pipe"), 0o600); err != nil {
		t.Skip("no pipes here:", err)
	}
	must(t, os.WriteFile(at("large"), bytes.Repeat([]byte("#"), MaxFile+1), 0o600))
	must(t, os.WriteFile(at("good"), []byte("town: kiel"), 0o600))
	for name, want := range map[string]string{
		at("pipe"):    "is a pipe, not a file",
		dir:           "is a folder, not a file",
		"/dev/zero":   "is a device, not a file",
		at("large"):   "is larger than 16 MiB",
		at("missing"): "no such file or directory",
	} {
		if _, err := ReadFile(name); err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("ReadFile(%s) = %v, want %q", name, err, want)
		}
	}
	if data, err := ReadFile(at("good")); err != nil || string(data) != "town: kiel" {
		t.Errorf("ReadFile = %q, %v", data, err)
	}
}

func TestReadInStaysInside(t *testing.T) {
	dir := t.TempDir()
	inside := filepath.Join(dir, "in")
	must(t, os.Mkdir(inside, 0o700))
	must(t, os.WriteFile(filepath.Join(dir, "secret"), []byte("s"), 0o600))
	must(t, os.WriteFile(filepath.Join(inside, "good"), []byte("g"), 0o600))
	must(t, os.Symlink("../secret", filepath.Join(inside, "link")))
	must(t, syscall.Mkfifo(filepath.Join(inside, "pipe"), 0o600))
	root, err := os.OpenRoot(inside)
	must(t, err)
	defer root.Close()
	for _, name := range []string{"../secret", "link", filepath.Join(dir, "secret"), "pipe", ".", "a\x00b", "https://example.com/x"} {
		if data, err := ReadIn(root, name); err == nil {
			t.Errorf("ReadIn(%q) read %q", name, data)
		}
	}
	if data, err := ReadIn(root, "good"); err != nil || string(data) != "g" {
		t.Errorf("ReadIn(good) = %q, %v", data, err)
	}
}
