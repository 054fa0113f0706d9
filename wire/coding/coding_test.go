package coding_test

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/meshdyno/meshdyno/unit"
	"github.com/meshdyno/meshdyno/wire/coding"
)

// order is a message as services send it.
type order struct {
	ID       int64   `json:"id"`
	Customer string  `json:"customer"`
	Paid     bool    `json:"paid"`
	Total    float64 `json:"total"`
	Items    []item  `json:"items"`
	Taxes    []int64 `json:"taxes"`
	Receipt  []byte  `json:"receipt"`
}

type item struct {
	SKU   string `json:"sku"`
	Count int64  `json:"count"`
}

var sample = order{ID: 1_000_042, Customer: "c0ffee42", Paid: true, Total: 99.95,
	Items: []item{{"SKU-1", 2}, {"SKU-2", 2}}, Taxes: []int64{7, 7}, Receipt: []byte("0123456789abcdef")}

// protobuf writes o by the rules of the wire format, by hand.
func protobuf(to []byte, o *order) []byte {
	to = binary.AppendUvarint(append(to, 1<<3), uint64(o.ID))
	to = text(to, 2, o.Customer)
	to = append(to, 3<<3, 1)
	to = binary.LittleEndian.AppendUint64(append(to, 4<<3|1), math.Float64bits(o.Total))
	for _, i := range o.Items {
		inner := text(make([]byte, 0, 32), 1, i.SKU)
		inner = binary.AppendUvarint(append(inner, 2<<3), uint64(i.Count))
		to = text(to, 5, string(inner))
	}
	packed := []byte{}
	for _, t := range o.Taxes {
		packed = binary.AppendUvarint(packed, uint64(t))
	}
	return text(text(to, 6, string(packed)), 7, string(o.Receipt))
}

func text(to []byte, number byte, s string) []byte {
	return append(binary.AppendUvarint(append(to, number<<3|2), uint64(len(s))), s...)
}

// shape is that of an order whose items are alike.
func shape(o *order) coding.Shape {
	return coding.Shape{
		{Number: 1, Name: "id", Kind: coding.Int, Value: o.ID},
		{Number: 2, Name: "customer", Kind: coding.Text, Length: len(o.Customer)},
		{Number: 3, Name: "paid", Kind: coding.Bool},
		{Number: 4, Name: "total", Kind: coding.Double, Length: 5},
		{Number: 5, Name: "items", Kind: coding.Nested, List: len(o.Items), Of: coding.Shape{
			{Number: 1, Name: "sku", Kind: coding.Text, Length: len(o.Items[0].SKU)}, {Number: 2, Name: "count", Kind: coding.Int, Value: o.Items[0].Count}}},
		{Number: 6, Name: "taxes", Kind: coding.Int, List: len(o.Taxes), Value: o.Taxes[0]},
		{Number: 7, Name: "receipt", Kind: coding.Bytes, Length: len(o.Receipt)},
	}
}

// TestOrder writes the same order both ways, and the lengths out.
func TestOrder(t *testing.T) {
	s := shape(&sample)
	written, _ := json.Marshal(&sample)
	wantJSON := len(`{"id":1000042,"customer":"c0ffee42","paid":true,"total":99.95,"items":[{"sku":"SKU-1","count":2},{"sku":"SKU-2","count":2}],"taxes":[7,7],"receipt":"MDEyMzQ1Njc4OWFiY2RlZg=="}`)
	wantProtobuf := (1 + 3) + (1 + 1 + 8) + (1 + 1) + (1 + 8) + 2*(1+1+(1+1+5)+(1+1)) + (1 + 1 + 2) + (1 + 1 + 16)
	if s.JSON() != wantJSON || len(written) != wantJSON {
		t.Errorf("JSON: %d bytes, want %d; encoding/json has %d", s.JSON(), wantJSON, len(written))
	}
	if real := len(protobuf(nil, &sample)); s.Protobuf() != wantProtobuf || real != wantProtobuf {
		t.Errorf("protobuf: %d bytes, want %d; written out %d", s.Protobuf(), wantProtobuf, real)
	}
	if got, want := s.Values(), 8+8+1+8+2*(5+8)+2*8+16; got != want {
		t.Errorf("values: %d bytes, want %d", got, want)
	}
	t.Logf("values %d, protobuf %d, JSON %d", s.Values(), s.Protobuf(), s.JSON())
}

// FuzzOrder compares the lengths of any order with what the encoders write.
func FuzzOrder(f *testing.F) {
	f.Add(int64(1), 0, 1, 2, int64(3), uint8(3))
	f.Add(int64(-1), 127, 128, 300, int64(math.MinInt64), uint8(200))
	f.Fuzz(func(t *testing.T, id int64, customer, sku, receipt int, tax int64, list uint8) {
		few := func(n int) int { return n & 0x3ff }
		o := order{ID: id | 1, Customer: strings.Repeat("c", 1+few(customer)), Paid: true, Total: 99.95, Receipt: make([]byte, 1+few(receipt))}
		for range 1 + list%9 {
			o.Items = append(o.Items, item{strings.Repeat("s", 1+few(sku)), tax | 1})
			o.Taxes = append(o.Taxes, tax)
		}
		s := shape(&o)
		if written, _ := json.Marshal(&o); s.JSON() != len(written) {
			t.Errorf("JSON: %d bytes, want %d", s.JSON(), len(written))
		}
		if want := len(protobuf(nil, &o)); s.Protobuf() != want {
			t.Errorf("protobuf: %d bytes, want %d", s.Protobuf(), want)
		}
	})
}

func settings(change func(*coding.Settings)) coding.Coder {
	var s coding.Settings
	s.SetDefaults()
	change(&s)
	return s.Coder()
}

// TestFormats: the ratios are those of the sample.
func TestFormats(t *testing.T) {
	s := shape(&sample)
	for name, want := range map[string]int{"binary": s.Values(), "protobuf": s.Protobuf(), "json": s.JSON()} {
		c := settings(func(s *coding.Settings) { s.Format = name })
		if got := c.Coded(int64(s.Values())); got != int64(want) {
			t.Errorf("%s: %d bytes of %d, want %d", name, got, s.Values(), want)
		}
	}
	half := unit.Ratio(0.5)
	c := settings(func(s *coding.Settings) { s.Expansion = &half })
	if got := c.Coded(1<<50 + 1); got != 1<<49+1 {
		t.Errorf("half of a petabyte is %d", got)
	}
}

// TestCompression: levels, sizes in between, what is left alone.
func TestCompression(t *testing.T) {
	quarter := unit.Ratio(0.25)
	for _, c := range []struct {
		name    string
		change  func(*coding.Settings)
		n, want int64
	}{
		{"none", func(*coding.Settings) {}, 4096, 4096},
		{"gzip's usual level, 6", func(s *coding.Settings) { s.Compression = "gzip" }, 1000, 412},
		{"below the least", func(s *coding.Settings) { s.Compression = "gzip" }, 29, 29},
		{"the least", func(s *coding.Settings) { s.Compression = "gzip" }, 30, 13}, // 12.36
		{"level 1", func(s *coding.Settings) { s.Compression, s.Level = "gzip", 1 }, 1000, 431},
		{"level 2 counts as 1", func(s *coding.Settings) { s.Compression, s.Level = "gzip", 2 }, 1000, 431},
		{"halfway from 1 to 4 KiB", func(s *coding.Settings) { s.Compression = "gzip" }, 2560, 864}, // 0.3375
		{"beyond 64 KiB", func(s *coding.Settings) { s.Compression = "zstd" }, 1_000_000, 197_000},
		{"br's usual level, 4", func(s *coding.Settings) { s.Compression = "br" }, 1000, 377},
		{"a ratio of one's own", func(s *coding.Settings) { s.Compression, s.Ratio = "br", &quarter }, 1000, 250},
	} {
		coder := settings(c.change)
		if got := coder.Compressed(c.n); got != c.want {
			t.Errorf("%s: %d bytes of %d, want %d", c.name, got, c.n, c.want)
		}
	}
}

// TestTimes: 2 KiB of JSON with gzip, level 1, are 2*4.3 us to write, 16 us for the
// message, 2*4.26 us to compress.
func TestTimes(t *testing.T) {
	c := settings(func(s *coding.Settings) { s.Format, s.Compression, s.Level = "json", "gzip", 1 })
	if got, want := c.Write(2048), unit.Duration(2*4300+16_000+2*4260); got != want {
		t.Errorf("write: %s, want %s", got, want)
	}
	if got, want := c.Read(2048), unit.Duration(2*20_000+2*1410); got != want {
		t.Errorf("read: %s, want %s", got, want)
	}
}

// TestGzip: text of records that are much alike shrinks to less than a third in
// Go's own gzip too.
func TestGzip(t *testing.T) {
	var plain, packed bytes.Buffer
	for i := range 40 {
		o := sample
		o.ID += int64(i * 7919)
		o.Total += float64(i*i) / 100
		o.Customer = strings.Map(func(r rune) rune { return '0' + (r*rune(i+3))%43 }, o.Customer)
		line, _ := json.Marshal(&o)
		plain.Write(line)
	}
	z, _ := gzip.NewWriterLevel(&packed, 6)
	_, _ = z.Write(plain.Bytes())
	_ = z.Close()
	t.Logf("%d bytes become %d", plain.Len(), packed.Len())
	if packed.Len() >= plain.Len()/3 {
		t.Errorf("%d bytes of %d", packed.Len(), plain.Len())
	}
}

func BenchmarkCoder(b *testing.B) {
	c := settings(func(s *coding.Settings) { s.Format, s.Compression = "json", "gzip" })
	sum := int64(0)
	b.ReportAllocs()
	for i := int64(0); b.Loop(); i++ {
		n := c.Coded(i & 0xfffff)
		sum += c.Compressed(n) + int64(c.Write(n)) + int64(c.Read(n))
	}
	if sum == 0 {
		b.Fatal("nothing")
	}
}

// BenchmarkFormats is where the times of the formats are from.
func BenchmarkFormats(b *testing.B) {
	written, _ := json.Marshal(&sample)
	buffer := make([]byte, 0, 256)
	b.Run("json/encode", func(b *testing.B) {
		b.SetBytes(int64(len(written)))
		for b.Loop() {
			_, _ = json.Marshal(&sample)
		}
	})
	b.Run("json/decode", func(b *testing.B) {
		b.SetBytes(int64(len(written)))
		for b.Loop() {
			var o order
			_ = json.Unmarshal(written, &o)
		}
	})
	b.Run("protobuf/encode", func(b *testing.B) {
		b.SetBytes(int64(len(protobuf(nil, &sample))))
		for b.Loop() {
			buffer = protobuf(buffer[:0], &sample)
		}
	})
}
