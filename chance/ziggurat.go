package chance

import "math"

// The ziggurat method of Marsaglia and Tsang (J. Stat. Software 5(8), 2000)
// covers a density with 256 layers of equal area; nearly every draw is one
// table entry, one product and one comparison. As Doornik asks ("An improved
// ziggurat method to generate normal random samples", 2005), the layer and the
// place in it come from different bits of the draw.
const (
	layers     = 256
	expTail    = 7.69711747013104972 // where the tail of the exponential begins
	normalTail = 3.6541528853610088  // and that of the normal
	normalArea = 0.00492867323399    // of each layer of the normal
	mantissa   = 0x1p53              // the place in a layer is a 53-bit number
)

// layer is one layer of a ziggurat. A draw u below inside is u*width for sure.
type layer struct {
	inside uint64
	width  float64 // of the layer, over 2^53
	height float64 // of its upper side
}

var (
	expLayers    = stack(expTail, float64((expTail+1)*Exp(-expTail)), expDensity, expInverse)
	normalLayers = stack(normalTail, normalArea, bell, bellInverse)
)

func expDensity(x float64) float64  { return Exp(-x) }
func expInverse(y float64) float64  { return -Log(y) }
func bell(x float64) float64        { return Exp(float64(x*x) * -0.5) }
func bellInverse(y float64) float64 { return math.Sqrt(-2 * Log(y)) }

// stack builds the layers from the tail up: layer 0 is the tail with its
// rectangle, layer 1 lies on it, the last one reaches the top.
func stack(tail, area float64, density, inverse func(float64) float64) (table [layers]layer) {
	edge := area / density(tail)
	table[0] = layer{uint64(float64(tail / edge * mantissa)), edge / mantissa, density(tail)}
	edge = tail
	for i := 1; i < layers; i++ {
		next := 0.0
		if i < layers-1 {
			next = inverse(area/edge + density(edge))
		}
		table[i] = layer{uint64(float64(next / edge * mantissa)), edge / mantissa, density(next)}
		edge = next
	}
	return table
}

// Exp returns an exponential random number of mean 1.
func (s *Stream) Exp() float64 {
	u := s.Uint64()
	l := &expLayers[u%layers]
	if u>>11 < l.inside {
		return float64(float64(u>>11) * l.width)
	}
	return s.slowExp(u)
}

// slowExp decides about a draw at the edge of its layer, and draws again when
// it lies outside.
func (s *Stream) slowExp(u uint64) float64 {
	beyond := 0.0
	for {
		i := u % layers
		l := &expLayers[i]
		x := float64(float64(u>>11) * l.width)
		switch {
		case u>>11 < l.inside:
			return beyond + x
		case i == 0:
			beyond += expTail // the tail looks like the whole
		case under(s, i, &expLayers) < expDensity(x):
			return beyond + x
		}
		u = s.Uint64()
	}
}

// under draws a height within layer i.
func under(s *Stream, i uint64, table *[layers]layer) float64 {
	low, high := table[i-1].height, table[i].height
	return low + float64(s.Float64()*(high-low))
}

// Normal returns a normal random number of mean 0 and deviation 1.
func (s *Stream) Normal() float64 {
	for {
		u := s.Uint64()
		i := u % layers
		l := &normalLayers[i]
		x := float64(float64(u>>11) * l.width)
		switch {
		case u>>11 < l.inside:
		case i == 0:
			x = s.normalBeyond()
		case under(s, i, &normalLayers) >= bell(x):
			continue
		}
		// A branch on the sign would be mispredicted half of the time.
		return math.Float64frombits(math.Float64bits(x) | u&layers<<55)
	}
}

// normalBeyond draws from the tail (Marsaglia, Technometrics 6(1), 1964).
func (s *Stream) normalBeyond() float64 {
	for {
		x := s.Exp() / normalTail
		y := s.Exp()
		if y+y >= float64(x*x) {
			return normalTail + x
		}
	}
}
