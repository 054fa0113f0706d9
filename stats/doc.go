// Package stats turns what happened in a run into figures that hold what they
// promise: latency distributions, time averages, timelines, the end of the
// warm-up, confidence intervals and signs of overload.
//
// It is a pure room. Sums are integers and floats are added in a fixed order, so
// the same run gives the same bytes on every processor, and merging replications
// gives the same bytes in any order.
//
//	Latency        a distribution of nanoseconds          Record, Merge, Quantile
//	TimeWeighted   a level over time (a queue)            Set, Add, Cut, Fold, Area, Mean
//	Area           the integral of a level                Plus, Minus, Over
//	Batches        consecutive means in bounded memory    Record, MSER5, MeanCI
//
// An interval says "cannot tell" instead of a number it cannot vouch for. What
// was measured about the intervals stands in docs/decisions, "confidence
// intervals".
package stats
