// Package mesh holds the nouns that every other package shares: points in
// virtual time, services and what their endpoints do, the links between them,
// and the ways in which a request can end. It decides nothing and does nothing.
//
// Exported fields are settings; their yaml tags are the words of the scenario
// file, their doc tags the sentences of the reference page.
package mesh
