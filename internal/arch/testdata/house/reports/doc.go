// Package reports may read the clock, and leaves its words lying about.
package reports
