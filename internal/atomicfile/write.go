package atomicfile

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// File is a file to be written: its name and what is to be in it.
type File struct {
	Path string
	Fill func(io.Writer) error
}

// Write makes path hold what fill writes, all of it or nothing: on any error
// the temporary file is gone and an earlier file is as it was. A link is
// followed and keeps being one. A device or a pipe, such as /dev/stdout, cannot
// be replaced and is written straight.
func Write(path string, fill func(io.Writer) error) error { return WriteAll(File{path, fill}) }

// WriteAll is Write for files that belong together: not one is replaced before
// all are safely on the disk, so that a full disk leaves the earlier ones as a
// whole.
func WriteAll(files ...File) error {
	var staged []staging
	for _, file := range files {
		s, err := stage(file)
		if err != nil {
			return errors.Join(err, discard(staged))
		}
		staged = append(staged, s)
	}
	for i, s := range staged {
		if err := s.commit(); err != nil {
			return errors.Join(err, discard(staged[i:]))
		}
	}
	return nil
}

// staging is a file that is written but does not bear its name yet.
type staging struct {
	target
	temporary string // "" where the target was written straight
}

func stage(file File) (staging, error) {
	t, err := resolve(file.Path)
	if err != nil {
		return staging{}, err
	}
	if t.direct {
		return staging{target: t}, writeDirect(file.Path, file.Fill)
	}
	f, err := t.temporary()
	if err != nil {
		return staging{}, err
	}
	if err := finish(f, file.Fill); err != nil {
		return staging{}, errors.Join(plainly(t.shown, err), os.Remove(f.Name()))
	}
	return staging{t, f.Name()}, nil
}

// commit gives the file its name, in one step.
func (s staging) commit() error {
	if s.temporary == "" {
		return nil
	}
	if err := os.Rename(s.temporary, s.path); err != nil {
		return plainly(s.shown, err)
	}
	syncFolder(filepath.Dir(s.path))
	return nil
}

func discard(staged []staging) error {
	var errs []error
	for _, s := range staged {
		if s.temporary != "" {
			errs = append(errs, os.Remove(s.temporary))
		}
	}
	return errors.Join(errs...)
}

// Probe finds out whether Write could succeed, and leaves nothing behind. It
// cannot promise that the disk will have room.
func Probe(path string) error {
	t, err := resolve(path)
	if err != nil {
		return err
	}
	if t.direct {
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			return plainly(path, err)
		}
		return f.Close()
	}
	f, err := t.temporary()
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// Create is Write for a file that must not be there yet.
func Create(path string, fill func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already; it is not overwritten: %w", path, fs.ErrExist)
	}
	if err != nil {
		return plainly(path, err)
	}
	if err := finish(f, fill); err != nil {
		return errors.Join(plainly(path, err), os.Remove(path))
	}
	return nil
}

// target is where a path leads.
type target struct {
	shown  string      // the path as it was given
	path   string      // the file itself, behind all links
	mode   fs.FileMode // permissions of the earlier file, or of a new one
	direct bool        // a device, a pipe, a socket
}

func resolve(path string) (target, error) {
	t := target{shown: path, path: path, mode: 0o666}
	if path == "" {
		return t, errors.New("the name of the file is empty")
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if _, linkErr := os.Lstat(path); linkErr == nil {
			return t, fmt.Errorf("%s: is a link to nothing", path)
		}
		return t, t.checkFolder()
	case err != nil:
		return t, plainly(path, err)
	case info.IsDir():
		return t, fmt.Errorf("%s: is a folder; name a file", path)
	case !info.Mode().IsRegular():
		t.direct = true
		return t, nil
	}
	t.mode = info.Mode().Perm()
	if t.path, err = filepath.EvalSymlinks(path); err != nil {
		return t, plainly(path, err)
	}
	return t, t.checkWritable()
}

// checkFolder gives a missing folder its own words.
func (t target) checkFolder() error {
	folder := filepath.Dir(t.path)
	info, err := os.Stat(folder)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s: the folder %s does not exist", t.shown, folder)
	case err != nil:
		return plainly(t.shown, err)
	case !info.IsDir():
		return fmt.Errorf("%s: %s is not a folder", t.shown, folder)
	}
	return nil
}

// checkWritable honours a file that its owner made read-only, although a rename
// over it would succeed.
func (t target) checkWritable() error {
	f, err := os.OpenFile(t.path, os.O_WRONLY, 0)
	if err != nil {
		return plainly(t.shown, err)
	}
	return f.Close()
}

// temporary opens a new file beside the target. Its name is short, so that a
// target with the longest name allowed can still be written.
func (t target) temporary() (*os.File, error) {
	name := filepath.Join(filepath.Dir(t.path), ".meshdyno-"+rand.Text()[:10]+".tmp")
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, t.mode)
	if err != nil {
		return nil, plainly(t.shown, err)
	}
	return f, nil
}

// finish fills f and has it on the disk, or says why not.
func finish(f *os.File, fill func(io.Writer) error) error {
	err := fill(f)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

func writeDirect(path string, fill func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return plainly(path, err)
	}
	if err := errors.Join(fill(f), f.Close()); err != nil {
		return plainly(path, err)
	}
	return nil
}

// syncFolder makes the rename last through a power cut, where the system can.
func syncFolder(path string) {
	if d, err := os.Open(path); err == nil {
		_ = d.Sync()
		_ = d.Close()
	}
}

// plainly says "FILE: permission denied" instead of "open /a/b: permission
// denied" about a name that the user never gave.
func plainly(path string, err error) error {
	var pathErr *fs.PathError
	var linkErr *os.LinkError
	switch {
	case errors.As(err, &pathErr):
		err = pathErr.Err
	case errors.As(err, &linkErr):
		err = linkErr.Err
	}
	return fmt.Errorf("%s: %w", path, err)
}
