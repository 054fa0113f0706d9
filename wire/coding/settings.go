package coding

import "github.com/meshdyno/meshdyno/unit"

// Settings say how messages are written for the wire.
type Settings struct {
	Format      string         `yaml:"format" enum:"binary,protobuf,json" doc:"how values are written; binary: as they are"`
	Expansion   *unit.Ratio    `yaml:"expansion" max:"1000" doc:"bytes written for each byte of values; as measured for the format when left out"`
	Encode      *unit.Duration `yaml:"encode" doc:"CPU time to write each KiB; as measured when left out"`
	Decode      *unit.Duration `yaml:"decode" doc:"CPU time to read each KiB; as measured when left out"`
	Compression string         `yaml:"compression" enum:"none,gzip,br,zstd" doc:"what is done to messages then (content-encoding, grpc-encoding)"`
	Level       int            `yaml:"level" min:"0" max:"22" doc:"of compression; 0: the one that is usual for it. In between measured levels the lower counts"`
	MinSize     unit.Size      `yaml:"min_content_length" doc:"smaller messages are not compressed (Envoy: 30B)"`
	Ratio       *unit.Ratio    `yaml:"ratio" max:"10" doc:"bytes left of each byte; as measured, by the size of the message, when left out"`
	Compress    *unit.Duration `yaml:"compress" doc:"CPU time to compress each KiB; as measured when left out"`
	Decompress  *unit.Duration `yaml:"decompress" doc:"CPU time to get each KiB back; as measured when left out"`
}

// SetDefaults write values as they are. Envoy's compressor leaves what is below
// 30 bytes alone (compressor_filter.cc).
func (s *Settings) SetDefaults() { *s = Settings{Format: "binary", Compression: "none", MinSize: 30} }

// format is what one was measured to do to the sample message of the tests: 83
// bytes of values. The times are those of Go 1.26: encoding/json, and protobuf's
// rules written out by hand, whose reading is taken to cost what writing does, on
// one core of an AMD EPYC.
type format struct {
	name           string
	ppm            int64 // bytes written for a million of values
	encode, decode int64 // ns per KiB written
}

var formats = []format{
	{"binary", 1_000_000, 0, 0},
	{"protobuf", 831_325, 1_400, 1_400},
	{"json", 2_108_433, 4_300, 20_000},
}

// squeezer is a kind and level of compression, measured on JSON of orders.
type squeezer struct {
	name                 string
	level                int
	usual                bool
	permille             [3]int64 // left of 1, 4 and 64 KiB
	message              int64    // ns for each message, to compress
	compress, decompress int64    // ns per KiB
}

// gzip is zlib 1.2.13, br brotli 1.0.9 with a window of 64 KiB, zstd 1.5.4; one
// core of an AMD EPYC, 2026. The ratios hold for text like that; what is random
// or compressed already does not get smaller.
var squeezers = []squeezer{
	{"gzip", 1, false, [3]int64{431, 299, 249}, 16_000, 4_260, 1_410},
	{"gzip", 3, false, [3]int64{425, 285, 217}, 11_000, 8_030, 1_380},
	{"gzip", 6, true, [3]int64{412, 263, 190}, 4_000, 16_190, 1_500},
	{"gzip", 9, false, [3]int64{412, 263, 184}, 0, 40_900, 1_650},
	{"br", 1, false, [3]int64{445, 290, 214}, 0, 3_200, 2_500},
	{"br", 4, true, [3]int64{377, 249, 200}, 0, 19_000, 2_500},
	{"br", 6, false, [3]int64{360, 235, 177}, 0, 26_000, 2_500},
	{"br", 9, false, [3]int64{360, 234, 172}, 0, 43_000, 2_500},
	{"br", 11, false, [3]int64{332, 217, 153}, 0, 1_380_000, 2_500},
	{"zstd", 1, false, [3]int64{409, 262, 197}, 2_000, 3_600, 1_500},
	{"zstd", 3, true, [3]int64{412, 260, 197}, 2_000, 3_600, 1_500},
	{"zstd", 9, false, [3]int64{404, 250, 174}, 2_000, 19_400, 1_500},
	{"zstd", 19, false, [3]int64{403, 246, 163}, 0, 370_000, 1_500},
}
