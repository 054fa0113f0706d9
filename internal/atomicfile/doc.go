// Package atomicfile writes results so that a name never stands for half of
// one: into a temporary file in the same folder, synced, then renamed. Before a
// long run it probes whether that will work, and a lock keeps two processes out
// of one folder of results.
package atomicfile
