// Package result is the shape of what a run found: one Result, the object that
// --json writes and every report reads. It holds data only.
package result
