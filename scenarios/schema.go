package scenarios

import (
	"encoding/json"

	"github.com/meshdyno/meshdyno/internal/strict"
)

// Schema is the JSON Schema (draft 2020-12) of a scenario file, as indented
// JSON. Editors complete and check by it; the decoder is stricter in what only
// the values together tell.
func Schema() []byte {
	schema := strict.Schema("urn:meshdyno:scenario", "meshdyno scenario", Scenario{})
	text, err := json.MarshalIndent(schema, "", "  ")
	if err != nil {
		panic(err) // it holds maps, lists and words only
	}
	return append(text, '\n')
}
