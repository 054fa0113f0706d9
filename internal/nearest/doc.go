// Package nearest finds the name that was probably meant, for the "did you
// mean" of error messages.
package nearest
