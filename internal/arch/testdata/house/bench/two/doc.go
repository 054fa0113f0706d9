// Package two is below bench.
package two
