package capture_test

import (
	"bytes"
	"testing"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/reports/pcap"
	"github.com/meshdyno/meshdyno/topologies/capture"
)

// TestStreams: three requests at once on one HTTP/2 connection, answered in
// another order, are three requests with their own sizes and times.
func TestStreams(t *testing.T) {
	client, server := pcap.NewHTTP2(), pcap.NewHTTP2()
	f := pcap.Flow{Latency: 1e6, Conn: &pcap.Conn{ID: 9, Ends: [2]pcap.Socket{{Pod: "web-0", Port: 40001}, {Pod: "db-0", Port: 50051}}, Scale: [2]uint8{7, 7}}}
	f.Open(0)
	f.Message(0, 2e6, 3e6, client.Open(true), "")
	f.Message(1, 3e6, 4e6, server.Open(false), "")
	message := &pcap.Message{Authority: "db", Path: "/a.B/C", GRPC: true, Body: 20_000}
	answer := &pcap.Message{GRPC: true, Body: 50}
	ids := [3]uint32{}
	for i := range 3 {
		var request []byte
		request, ids[i] = client.Request(message)
		f.Message(0, mesh.Time(10+i)*1e6, mesh.Time(11+i)*1e6, request, "request")
	}
	for i, id := range []uint32{ids[2], ids[0], ids[1]} {
		f.Message(1, mesh.Time(20+i)*1e6, mesh.Time(21+i)*1e6, server.Response(id, answer), "response")
	}
	f.Close(40e6)
	var file bytes.Buffer
	w := pcap.NewWriter(&file, pcap.Options{})
	if err := pcap.Tape(f.Packets()).Write(w); err != nil {
		t.Fatal(err)
	}
	w.Close()
	c, err := capture.Read("x", &file, capture.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := c.Services[0]
	if s.Protocol != capture.GRPC || s.Requests != 3 || s.Response.N != 3 || c.Counts.Unpaired != 0 || c.Counts.Lagging != 0 {
		t.Errorf("%+v, %+v", s, c.Counts)
	}
	if least := 20_000.0 + 5 + 3*9; s.Request.Min < least || s.Request.Max > least+120 {
		t.Errorf("requests of %v to %v bytes", s.Request.Min, s.Request.Max)
	}
	// Ends of requests pass the client at 10, 11 and 12 ms, answers leave at 21, 22 and 20.
	if got := s.Answer.Mean() / 1e6; got < 8.9 || got > 9.1 {
		t.Errorf("answers after %v ms", got)
	}
}
