package capture

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
)

// unpacked reads a gzip file up to a size, and stops where it grows beyond
// reason.
type unpacked struct {
	packed *counted
	out    *gzip.Reader
	n      int64
	most   int64
}

// mostRatio is how many times larger than its file a capture may be: gzip's own
// end is 1032. Small ones are let off.
const (
	mostRatio    = 200
	smallEnough  = 64 << 20
	mostUnpacked = 4 << 30
)

func unpack(r io.Reader, most int64) (*unpacked, error) {
	packed := &counted{r: r}
	out, err := gzip.NewReader(packed)
	if err != nil {
		return nil, fmt.Errorf("is a broken gzip file: %w", err)
	}
	return &unpacked{packed: packed, out: out, most: most}, nil
}

// Read is io.Reader's.
func (u *unpacked) Read(p []byte) (int, error) {
	n, err := u.out.Read(p)
	u.n += int64(n)
	switch {
	case u.n > u.most:
		return 0, fmt.Errorf("unpacks to more than %d bytes", u.most)
	case u.n > smallEnough && u.n > mostRatio*u.packed.n:
		return 0, fmt.Errorf("unpacks to more than %d times its size", mostRatio)
	case err == io.ErrUnexpectedEOF, err == nil, err == io.EOF:
		return n, err
	}
	return n, errors.New("is a broken gzip file: " + err.Error())
}

// counted knows how much was read.
type counted struct {
	r io.Reader
	n int64
}

// Read is io.Reader's.
func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}
