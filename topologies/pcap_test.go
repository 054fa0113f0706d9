package topologies_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/reports/pcap"
	"github.com/meshdyno/meshdyno/topologies"
	"github.com/meshdyno/meshdyno/topologies/capture"
)

// shop is a capture of clients that ask web, which asks db with gRPC each
// second time. Requests come independently, 20/s.
func shop(t testing.TB) []byte {
	t.Helper()
	dice := chance.Keyed(1)
	var tape pcap.Tape
	flow := func(id uint64, from, to string, port uint16, out []byte, back []byte, at, think mesh.Time) mesh.Time {
		f := pcap.Flow{Latency: 1e6, Conn: &pcap.Conn{ID: id, Ends: [2]pcap.Socket{{Pod: from, Port: uint16(10000 + id)}, {Pod: to, Port: port}}, Scale: [2]uint8{7, 7}}}
		f.Open(at)
		f.Message(0, at+2e6, at+3e6, out, fmt.Sprintf("request %d, %s -> %s", id, from, to))
		f.Message(1, at+3e6+think, at+4e6+think, back, fmt.Sprintf("request %d, %s -> %s", id, to, from))
		f.Close(at + 5e6 + think)
		tape = append(tape, f.Packets()...)
		return at
	}
	at := mesh.Time(0)
	for i := range uint64(400) {
		at += mesh.Time(dice.Exp() * 50e6)
		flow(i, "laptop", "web-0", 80, pcap.Request1(&pcap.Message{Authority: "web", Path: "/"}), pcap.Response1(&pcap.Message{Body: 2000}), at, 20e6)
		if i%2 == 0 {
			client, server := pcap.NewHTTP2(), pcap.NewHTTP2()
			out := client.Open(true)
			request, stream := client.Request(&pcap.Message{Authority: "db", Path: "/shop.Orders/Get", GRPC: true, Body: 100})
			back := append(server.Open(false), server.Response(stream, &pcap.Message{GRPC: true, Body: 700})...)
			flow(1000+i, "web-0", fmt.Sprintf("db-%d", i/2%2), 50051, append(out, request...), back, at+4e6, 5e6)
		}
	}
	var file bytes.Buffer
	w := pcap.NewWriter(&file, pcap.Options{})
	if err := tape.Write(w); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// TestShop: a capture becomes a scenario with its services, calls, protocols,
// network and traffic.
func TestShop(t *testing.T) {
	im, err := topologies.ReadPcap("shop.pcapng", bytes.NewReader(shop(t)), capture.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := topologies.WriteScenario(&out, im, nil); err != nil {
		t.Fatal(err)
	}
	t.Log(out.String())
	for _, want := range []string{
		"scenario: shop\n", "latency: 1ms", "{to: web, rate: ", "  web:\n", "  db:\n    replicas: 2\n    protocol: grpc\n",
		"- wait: 5ms\n", "chance: 50%", "exponential suits", "bandwidth is not known", "request: ",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q", want)
		}
	}
	again, _ := topologies.ReadPcap("shop.pcapng", bytes.NewReader(shop(t)), capture.Options{})
	var second bytes.Buffer
	if topologies.WriteScenario(&second, again, nil); second.String() != out.String() {
		t.Error("the same capture gives another scenario")
	}
}
