// Package lab is connections between two hosts over a link each way, in virtual
// time: for tests, for measurements, and to fit faster models to.
//
//	l := lab.New(&there, &back, key)
//	client, server := l.Connect(&settings, &settings)
//	client.Write(l.Now, 100_000, 0)
//	l.Start()
//	l.RunWhile(func() bool { return server.Received() < 100_000 })
//
// Side 0 is the host that opens the connections, side 1 the one that listens.
package lab
