// Package nearest finds the word that was probably meant: the one behind every
// "did you mean" of the project.
package nearest
