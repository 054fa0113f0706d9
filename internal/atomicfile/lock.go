package atomicfile

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// lockName is the lock file in a folder of results; it holds the holder's pid.
const lockName = ".meshdyno.lock"

// Lock is a folder of results held by this process.
type Lock struct{ f *os.File }

// HeldError says who has the folder.
type HeldError struct {
	Folder string
	PID    int // 0 when it cannot be read
}

func (e *HeldError) Error() string {
	holder := "another process"
	if e.PID > 0 {
		holder = "process " + strconv.Itoa(e.PID)
	}
	return fmt.Sprintf("%s: %s is writing its results there", e.Folder, holder)
}

// LockFolder takes the folder, or returns a HeldError. The system lets go of
// the lock when its holder ends, however it ends, so a stale file locks no one.
func LockFolder(folder string) (*Lock, error) {
	name := filepath.Join(folder, lockName)
	for {
		f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o666)
		if err != nil {
			return nil, plainly(folder, err)
		}
		free, err := tryLock(f)
		if err != nil || !free {
			pid := readPID(f)
			_ = f.Close()
			if err != nil {
				return nil, plainly(folder, err)
			}
			return nil, &HeldError{folder, pid}
		}
		if stillThere(f, name) {
			return &Lock{f}, writePID(f)
		}
		_ = f.Close() // its holder removed it between our open and our lock: again
	}
}

// Unlock lets go of the folder and removes the lock file.
func (l *Lock) Unlock() {
	_ = os.Remove(l.f.Name())
	_ = l.f.Close()
}

// stillThere tells whether the locked file is the one that the name means.
func stillThere(f *os.File, name string) bool {
	mine, err := f.Stat()
	if err != nil {
		return false
	}
	there, err := os.Stat(name)
	return err == nil && os.SameFile(mine, there)
}

func readPID(f *os.File) int {
	text := make([]byte, 20)
	n, _ := f.ReadAt(text, 0)
	pid, _ := strconv.Atoi(strings.TrimSpace(string(text[:n])))
	return pid
}

func writePID(f *os.File) error {
	if err := f.Truncate(0); err != nil {
		return err
	}
	_, err := f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	return err
}
