package main

type schemaVerb struct{}

// Run prints the JSON Schema that editors complete and check scenarios with.
func (*schemaVerb) Run(a *app) error {
	text, err := a.Schema()
	if err != nil {
		return unfinished(err)
	}
	return a.print(string(text))
}
