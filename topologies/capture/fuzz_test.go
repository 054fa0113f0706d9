package capture_test

import (
	"bytes"
	"testing"

	"github.com/meshdyno/meshdyno/topologies/capture"
)

// FuzzRead: no file makes the reader fall, hang or count more than there is.
func FuzzRead(f *testing.F) {
	file, _ := (&run{latency: 1e6, conns: 1, requests: 1, request: 100, response: 200, gap: 1e9}).write(f)
	f.Add(file, false)
	f.Add(file[:len(file)-5], true)
	f.Add(zipped(bytes.NewReader(file)), true)
	f.Add(plain(f, data(f, nil, 1, 2, 100, 1, "GET / HTTP/1.1\r\n\r\n"), data(f, nil, 2, 1, 1, 118, "HTTP/1.1 200 OK\r\n\r\n")), false)
	f.Add(plain(f, data(f, nil, 1, 2, 100, 1, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x01\x01\x05\x00\x00\x00\x01\x82"), data(f, nil, 2, 1, 1, 134, "\x00\x00\x01\x01\x05\x00\x00\x00\x01\x88")), false)
	f.Fuzz(func(t *testing.T, file []byte, allow bool) {
		c, err := capture.Read("fuzz", bytes.NewReader(file), capture.Options{AllowTruncated: allow, Flows: 100, Services: 10, Unpacked: 1 << 20})
		if err != nil {
			return
		}
		if c.Counts.Flows > c.Counts.Packets || c.Lost > c.Sent || len(c.Services) > 10 {
			t.Errorf("%+v: %d of %d lost", c.Counts, c.Lost, c.Sent)
		}
		for _, s := range c.Services {
			for _, sample := range []*capture.Sample{&s.Request, &s.Response, &s.Answer, &s.Gaps} {
				if fit := sample.Fit(); fit.Mean < 0 || fit.CV < 0 || fit.Distance > 2 {
					t.Errorf("%+v", fit)
				}
			}
		}
	})
}
