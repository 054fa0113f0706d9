package strict

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Limits on what is read. They are far above any file written by hand, and low
// enough that no file costs more than 2 s or 256 MB.
const (
	MaxFile    = 16 << 20 // bytes
	MaxDepth   = 64       // levels of nesting
	MaxNodes   = 500_000  // keys, values, lists and mappings, aliases followed
	MaxAliases = 10_000   // aliases, and anchors
)

// ReadFile reads a regular file of at most MaxFile bytes. Anything else, such
// as a folder, a device or a pipe, is refused before a byte is read of it, so
// that nothing can hang or never end.
func ReadFile(name string) ([]byte, error) {
	// Without O_NONBLOCK, opening a pipe waits for its writer.
	return readOpened(name, func() (*os.File, error) { return os.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0) })
}

// ReadIn is ReadFile for a name inside root: what would lead out of it, by ..,
// an absolute path or a symbolic link, is refused.
func ReadIn(root *os.Root, name string) ([]byte, error) {
	if filepath.IsAbs(name) {
		return nil, fmt.Errorf("%s: an absolute path leads out of the scenario's folder", Show(name))
	}
	return readOpened(name, func() (*os.File, error) { return root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0) })
}

// Open opens a regular file, as ReadFile does, for one who reads it bit by bit
// and sets limits of his own.
func Open(name string) (*os.File, error) {
	return opened(name, func() (*os.File, error) { return os.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0) })
}

func opened(name string, open func() (*os.File, error)) (*os.File, error) {
	f, err := open()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", Safe(name), reason(err))
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("is %s, not a file", kindOf(info.Mode()))
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("%s: %w", Safe(name), reason(err))
	}
	return f, nil
}

func readOpened(name string, open func() (*os.File, error)) ([]byte, error) {
	f, err := opened(name, open)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	// The file may grow while it is read: the limit is on what comes, not on what Stat said.
	data, err := io.ReadAll(io.LimitReader(f, MaxFile+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", Safe(name), reason(err))
	}
	if len(data) > MaxFile {
		return nil, fmt.Errorf("%s: is larger than 16 MiB", Safe(name))
	}
	return data, nil
}

// reason is err without the operation and path that the os package put before it.
func reason(err error) error {
	if path := (*fs.PathError)(nil); errors.As(err, &path) {
		if path.Err.Error() == "path escapes from parent" { // os.Root has no value for it
			return errors.New("leads out of the scenario's folder")
		}
		return path.Err
	}
	return err
}

func kindOf(mode fs.FileMode) string {
	switch {
	case mode.IsDir():
		return "a folder"
	case mode&fs.ModeNamedPipe != 0:
		return "a pipe"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	}
	return "a device"
}
