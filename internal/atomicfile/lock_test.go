package atomicfile

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func TestTheSecondIsToldWhoHasTheFolder(t *testing.T) {
	folder := t.TempDir()
	lock, err := LockFolder(folder)
	if err != nil {
		t.Fatal(err)
	}
	_, err = LockFolder(folder)
	var held *HeldError
	if !errors.As(err, &held) || held.PID != os.Getpid() || !strings.Contains(err.Error(), folder) {
		t.Errorf("got %v", err)
	}
	lock.Unlock()
	wantOnly(t, folder)
	if lock, err = LockFolder(folder); err != nil {
		t.Fatal(err)
	}
	lock.Unlock()
}

// A process that was killed leaves its file, not its lock.
func TestAStaleFileLocksNoOne(t *testing.T) {
	folder := t.TempDir()
	for _, left := range []string{"999999999\n", "", "nonsense", strings.Repeat("9", 100)} {
		if err := os.WriteFile(filepath.Join(folder, lockName), []byte(left), 0o666); err != nil {
			t.Fatal(err)
		}
		lock, err := LockFolder(folder)
		if err != nil {
			t.Fatalf("left %.20q: %v", left, err)
		}
		lock.Unlock()
	}
	if _, err := LockFolder(filepath.Join(folder, "missing")); err == nil {
		t.Error("locked a folder that is not there")
	}
}

func TestOneHolderAtATime(t *testing.T) {
	folder := t.TempDir()
	var wg sync.WaitGroup
	var mu sync.Mutex
	holders, most, taken := 0, 0, 0
	count := func(by int) {
		mu.Lock()
		defer mu.Unlock()
		holders += by
		most, taken = max(most, holders), taken+max(by, 0)
	}
	for range 8 {
		wg.Go(func() {
			for range 200 {
				lock, err := LockFolder(folder)
				var held *HeldError
				if errors.As(err, &held) {
					continue
				}
				if err != nil {
					t.Error(err)
					return
				}
				count(1)
				count(-1)
				lock.Unlock()
			}
		})
	}
	wg.Wait()
	if most != 1 || taken == 0 {
		t.Errorf("%d holders at once, %d in all", most, taken)
	}
}
