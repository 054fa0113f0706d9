//go:build unix

package main

import (
	"fmt"
	"os"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/reports/pcap"
)

// writeCapture FILE makes a capture of 50 requests, one each 100 ms.
func writeCapture(ts *testscript.TestScript, neg bool, args []string) {
	f, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	defer f.Close()
	var tape pcap.Tape
	for i := range 50 {
		at := mesh.Time(i) * 100e6
		flow := pcap.Flow{Latency: 1e6, Conn: &pcap.Conn{ID: uint64(i), Ends: [2]pcap.Socket{{Pod: "laptop", Port: uint16(10000 + i)}, {Pod: "web-0", Port: 80}}}}
		flow.Open(at)
		flow.Message(0, at+2e6, at+3e6, pcap.Request1(&pcap.Message{Authority: "web"}), fmt.Sprintf("request %d", i))
		flow.Message(1, at+13e6, at+14e6, pcap.Response1(&pcap.Message{Body: 500}), fmt.Sprintf("request %d", i))
		flow.Close(at + 20e6)
		tape = append(tape, flow.Packets()...)
	}
	w := pcap.NewWriter(f, pcap.Options{})
	ts.Check(tape.Write(w))
	ts.Check(w.Close())
}

// truncate FILE takes the last bytes away.
func truncate(ts *testscript.TestScript, neg bool, args []string) {
	info, err := os.Stat(ts.MkAbs(args[0]))
	ts.Check(err)
	ts.Check(os.Truncate(ts.MkAbs(args[0]), info.Size()-5))
}
