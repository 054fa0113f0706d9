package topologies_test

import (
	"bytes"
	"testing"

	"github.com/meshdyno/meshdyno/scenarios"
	"github.com/meshdyno/meshdyno/topologies"
	"github.com/meshdyno/meshdyno/topologies/capture"
)

// FuzzPcap: whatever a capture holds, its scenario loads.
func FuzzPcap(f *testing.F) {
	f.Add(shop(f)[:6000])
	f.Fuzz(func(t *testing.T, file []byte) {
		im, err := topologies.ReadPcap("fuzz", bytes.NewReader(file), capture.Options{AllowTruncated: true, Unpacked: 1 << 20})
		if err != nil {
			return
		}
		var out bytes.Buffer
		if err := topologies.WriteScenario(&out, im, nil); err != nil {
			t.Fatal(err)
		}
		if _, err := scenarios.Load("fuzz.yaml", out.Bytes(), scenarios.LoadOptions{}); err != nil {
			t.Fatalf("%v\n%s", err, out.Bytes())
		}
	})
}
