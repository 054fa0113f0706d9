package atomicfile

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

func says(text string) func(io.Writer) error {
	return func(w io.Writer) error { _, err := io.WriteString(w, text); return err }
}

// fullAfter writes a part and then meets a full disk.
func fullAfter(text string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, _ = io.WriteString(w, text)
		return &fs.PathError{Op: "write", Path: "secret-name.tmp", Err: syscall.ENOSPC}
	}
}

func want(t *testing.T, path, text string) {
	t.Helper()
	if got, err := os.ReadFile(path); err != nil || string(got) != text {
		t.Errorf("%s holds %q, %v; want %q", path, got, err, text)
	}
}

func wantOnly(t *testing.T, folder string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if strings.Join(got, " ") != strings.Join(names, " ") {
		t.Errorf("the folder holds %q, want %q", got, names)
	}
}

func TestWriteReplacesTheWhole(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "result.json")
	for _, text := range []string{"a long first result", "short"} {
		if err := Write(path, says(text)); err != nil {
			t.Fatal(err)
		}
		want(t, path, text)
	}
	wantOnly(t, folder, "result.json")
}

func TestAFullDiskLeavesNothingNewAndNothingHalf(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "result.json")
	if err := Write(path, fullAfter(`{"half":`)); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("got %v", err)
	}
	wantOnly(t, folder)

	if err := Write(path, says("earlier")); err != nil {
		t.Fatal(err)
	}
	err := Write(path, fullAfter(`{"half":`))
	if err == nil || strings.Contains(err.Error(), "secret-name") || !strings.Contains(err.Error(), "result.json: no space left") {
		t.Errorf("the error names the file that the user knows; got %v", err)
	}
	want(t, path, "earlier")
	wantOnly(t, folder, "result.json")
}

// A folder of results is of one run: the old one, or the new one.
func TestFilesThatBelongTogetherStayTogether(t *testing.T) {
	folder := t.TempDir()
	one, two := filepath.Join(folder, "one"), filepath.Join(folder, "two")
	if err := WriteAll(File{one, says("old")}, File{two, says("old")}); err != nil {
		t.Fatal(err)
	}
	for _, files := range [][]File{
		{{one, says("new")}, {two, fullAfter("half")}},
		{{one, fullAfter("half")}, {two, says("new")}},
		{{one, says("new")}, {filepath.Join(folder, "no", "where"), says("new")}},
	} {
		if err := WriteAll(files...); err == nil {
			t.Error("a file that could not be written went unnoticed")
		}
		want(t, one, "old")
		want(t, two, "old")
		wantOnly(t, folder, "one", "two")
	}
}

func TestCreateNeverOverwrites(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "mine.yaml")
	if err := Create(path, says("first")); err != nil {
		t.Fatal(err)
	}
	if err := Create(path, says("second")); !errors.Is(err, fs.ErrExist) {
		t.Errorf("got %v", err)
	}
	want(t, path, "first")
	if err := Create(filepath.Join(folder, "other"), fullAfter("half")); err == nil {
		t.Error("a full disk went unnoticed")
	}
	wantOnly(t, folder, "mine.yaml")
}

func TestProbeRefusesWhatCannotBeWritten(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "file")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	for path, reason := range map[string]string{
		"":                                    "empty",
		folder:                                "is a folder",
		filepath.Join(folder, "no", "r.json"): "does not exist",
		filepath.Join(file, "r.json"):         "not a ",
		filepath.Join(folder, strings.Repeat("x", 300)): "too long",
	} {
		if err := Probe(path); err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("Probe(%.40q) = %v, want %q", path, err, reason)
		}
		if err := Write(path, says("x")); err == nil {
			t.Errorf("Write(%.40q) went well", path)
		}
	}
	wantOnly(t, folder, "file")
}

func TestProbeLeavesNoTrace(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, strings.Repeat("x", 255)) // the longest name there is
	if err := Probe(path); err != nil {
		t.Fatal(err)
	}
	wantOnly(t, folder)
	if err := Write(path, says("x")); err != nil {
		t.Fatal(err)
	}
	if err := Probe(path); err != nil {
		t.Fatal(err)
	}
	want(t, path, "x")
}

func TestLinksAndModesAreKept(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no links and modes")
	}
	folder := t.TempDir()
	file, link := filepath.Join(folder, "file"), filepath.Join(folder, "link")
	if err := errors.Join(os.WriteFile(file, []byte("old"), 0o640), os.Chmod(file, 0o640), os.Symlink("file", link)); err != nil {
		t.Fatal(err)
	}
	if err := Write(link, says("new")); err != nil {
		t.Fatal(err)
	}
	want(t, file, "new")
	if info, err := os.Lstat(link); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		t.Errorf("the link is now %v, %v", info.Mode(), err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("the mode is now %v, %v", info.Mode(), err)
	}
	if err := errors.Join(os.Remove(file), Probe(link)); err == nil || !strings.Contains(err.Error(), "link to nothing") {
		t.Errorf("a link to nothing: %v", err)
	}
}

// A rename over /dev/null would replace it for everyone.
func TestDevicesAreWrittenNotReplaced(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("needs /dev/full")
	}
	if err := errors.Join(Probe("/dev/null"), Write("/dev/null", says("x"))); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat("/dev/null"); err != nil || info.Mode().IsRegular() {
		t.Fatalf("/dev/null is now %v", info.Mode())
	}
	if err := Write("/dev/full", says("x")); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("/dev/full: %v", err)
	}
}
