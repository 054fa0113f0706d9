// Package coding is the presentation layer: how long a message is as protobuf
// and as JSON, what compression makes of it, and the CPU time of both.
//
// Where the fields of a message are known, a [Shape] gives its exact length in
// either writing. Where only a size is known, [Settings] have a ratio, measured
// or your own.
package coding
