// Package stats breaks what floating point is held to.
package stats
