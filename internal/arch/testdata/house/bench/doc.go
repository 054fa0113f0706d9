// Package bench imports what stands below it in the same row.
package bench

import _ "github.com/meshdyno/meshdyno/bench/two"
