package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// patience is how long a run may take to wind up after the first signal; the
// promise to the user is two seconds.
const patience = 1800 * time.Millisecond

// listen gives the app a context that the first SIGINT or SIGTERM cancels. The
// second signal, or a run that does not come to its end, quits at once. Files
// that are just being saved are waited for: each is whole or not there.
func (a *app) listen() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	a.ctx = ctx
	signals, done := make(chan os.Signal, 2), make(chan struct{})
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		select {
		case <-done:
			return
		case <-signals:
			cancel()
		}
		select {
		case <-done:
			return
		case <-signals:
		case <-time.After(patience):
			if a.saving.Load() {
				select {
				case <-done:
					return
				case <-signals:
				}
			}
		}
		a.say("meshdyno: interrupted; what was not saved is lost")
		a.quit(exitInterrupted)
	}()
	return func() {
		signal.Stop(signals)
		close(done)
		cancel()
	}
}
