// Package hold is the hold model as bare Go loops, beside the engine's own:
// so many events wait, and each schedules one more at now + Exp(1 s). It
// measures an event queue and nothing else (Jones, Comm. ACM 29(4), 1986).
package hold
