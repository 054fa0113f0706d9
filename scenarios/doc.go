// Package scenarios reads, checks and runs scenario files: topology, traffic,
// policies, faults and what is expected of them.
//
//	scenario.go    the file, as types; their tags are its words
//	load.go        from bytes or a name to a Scenario, strictly
//	check*.go      what a file may say and still mean nothing
//	run.go         replications on all cores, merged in their order
//	judge.go       expectations against figures
//	library/       the scenarios that are shipped
package scenarios
