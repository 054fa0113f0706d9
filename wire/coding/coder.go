package coding

import (
	"math"

	"github.com/meshdyno/meshdyno/unit"
)

const million = 1_000_000

// Coder is settings made ready: it works with integers and does not allocate.
type Coder struct {
	format    format
	squeeze   squeezer
	squeezing bool
	smallest  int64
	ppm       int64 // left by compression; 0: by the table
}

// Coder is that of the settings.
func (s *Settings) Coder() Coder {
	c := Coder{format: s.format(), smallest: int64(s.MinSize)}
	c.squeeze, c.squeezing = s.squeezer()
	set(&c.format.encode, s.Encode)
	set(&c.format.decode, s.Decode)
	set(&c.squeeze.compress, s.Compress)
	set(&c.squeeze.decompress, s.Decompress)
	if s.Compress != nil {
		c.squeeze.message = 0
	}
	if s.Expansion != nil {
		c.format.ppm = ppm(*s.Expansion)
	}
	if s.Ratio != nil {
		c.ppm = max(1, ppm(*s.Ratio))
	}
	return c
}

func set(ns *int64, setting *unit.Duration) {
	if setting != nil {
		*ns = int64(*setting)
	}
}

func ppm(r unit.Ratio) int64 { return int64(math.Round(float64(r) * million)) }

func (s *Settings) format() format {
	for _, f := range formats {
		if f.name == s.Format {
			return f
		}
	}
	return formats[0]
}

// squeezer is the row of the level, or of the one below it.
func (s *Settings) squeezer() (best squeezer, any bool) {
	for _, q := range squeezers {
		if q.name != s.Compression {
			continue
		}
		if !any || s.Level >= q.level || s.Level == 0 && q.usual {
			best, any = q, true
		}
		if s.Level == 0 && q.usual {
			break
		}
	}
	return best, any
}

// Coded is how many bytes so many of values are in the format.
func (c *Coder) Coded(values int64) int64 { return portion(values, c.format.ppm) }

// portion is that many millionths of n, rounded up; n may be a petabyte.
func portion(n, ppm int64) int64 {
	return n/million*ppm + (n%million*ppm+million-1)/million
}

// Compresses says whether a coded message of n bytes is compressed.
func (c *Coder) Compresses(n int64) bool { return c.squeezing && n > 0 && n >= c.smallest }

// Compressed is what is left of n coded bytes.
func (c *Coder) Compressed(n int64) int64 {
	switch {
	case !c.Compresses(n):
		return n
	case c.ppm > 0:
		return portion(n, c.ppm)
	}
	return portion(n, c.left(n))
}

// sizes are those that permille of a squeezer belongs to.
var sizes = [3]int64{1 << 10, 1 << 12, 1 << 16}

// left is the share, in millionths, of a message of n bytes: a straight line
// between the sizes that were measured, and the nearest beyond them.
func (c *Coder) left(n int64) int64 {
	p := &c.squeeze.permille
	if n <= sizes[0] {
		return p[0] * 1000
	}
	for i := 1; i < len(sizes); i++ {
		if n <= sizes[i] {
			span := sizes[i] - sizes[i-1]
			return p[i-1]*1000 + (p[i]-p[i-1])*1000*(n-sizes[i-1])/span
		}
	}
	return p[len(p)-1] * 1000
}

// Write is the CPU time to code a message of n coded bytes and to compress it.
func (c *Coder) Write(n int64) unit.Duration {
	ns := perKiB(n, c.format.encode)
	if c.Compresses(n) {
		ns += c.squeeze.message + perKiB(n, c.squeeze.compress)
	}
	return unit.Duration(ns)
}

// Read is the CPU time of the way back.
func (c *Coder) Read(n int64) unit.Duration {
	ns := perKiB(n, c.format.decode)
	if c.Compresses(n) {
		ns += perKiB(n, c.squeeze.decompress)
	}
	return unit.Duration(ns)
}

func perKiB(n, ns int64) int64 { return n>>10*ns + (n&1023*ns+512)/1024 }
