// Package flow is TCP without packets: one call says when a message has arrived
// whole. It knows no clock, and is held by its tests to what packages wire/tcp
// and wire/link do packet by packet.
//
//	there := flow.NewPath(&uplink, &downlink, &client, &server) // what the client sends
//	back := flow.NewPath(&downlink, &uplink, &server, &client)  // and the server
//	ready := there.Open(now, &conn, &nic, &dice)
//	d := walker.Send(ready, there, &conn.There, &nic, 300, &dice)
//	// its first segment arrives at d.First, its last at d.Last
//
// The dice are those of the message: what befalls it does not depend on the
// order in which messages of other connections are offered.
//
// A message that fits into the window and loses nothing is a handful of
// additions. Any other is walked, in that same call: its segments leave as the
// window lets them, the same rules find and repair what is lost, and no event
// is made for any of it. What the walk leaves out of package wire/tcp: packets
// that overtake each other or arrive twice, queues other than drop_tail, closed
// receive windows, and what the direction's own bytes do to the other one.
//
// A message's fate is told when it is offered, so that nothing offered later
// changes it. Two things follow. Streams that do not wait for answers
// (Path.Follow) tell of each other's losses only as far as that is foreseen:
// where most round trips lose something, the mean comes out up to half too
// low, and a message may come some thousandths of its delay before the one that
// held it up. And a bottleneck is shared first come, first served: long messages
// that should share it evenly are offered in pieces.
package flow
