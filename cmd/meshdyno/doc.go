// Command meshdyno simulates service meshes: it runs a scenario in virtual time
// and says what its callers, services and proxies would have seen.
//
// The command is thin. Each verb is one file; what it asks for is done by the
// packages scenarios, topologies and reports. Standard output carries what was
// asked for and nothing else; everything about the asking goes to standard
// error. Exit codes: 0 all well, 1 an expectation failed, 2 the input or the
// command line is wrong, 3 the run could not finish, 130 interrupted.
package main
