// Package sim may be driven by a context, but makes none.
package sim
