package policy

import "C"
import (
	_ "context"
	_ "crypto/rand"
	_ "hash/maphash"
	_ "io/fs"
	_ "log/slog"
	_ "math/rand/v2"
	_ "net/http"
	_ "os"
	_ "reflect"
	_ "runtime"
	_ "sync/atomic"
	_ "text/template"
	_ "unsafe"

	_ "example.com/somebody/elses"

	_ "github.com/meshdyno/meshdyno/internal/strict"
	_ "github.com/meshdyno/meshdyno/loadgen"
	_ "github.com/meshdyno/meshdyno/nowhere"
	_ "github.com/meshdyno/meshdyno/scenarios"
)
