// Package pcap writes the packets of a run as a pcapng file that Wireshark
// opens: one interface for each pod, Ethernet, IP, TCP or UDP with right
// checksums, and true bytes inside.
//
//	w := pcap.NewWriter(file, pcap.Options{})
//	talk := &pcap.Conn{ID: 1, Ends: [2]pcap.Socket{{Pod: "web-0", Port: 40000}, {Pod: "db-0", Port: 80}}}
//	talk.Data[0].Write(pcap.Request1(&m))
//	w.Segment(&pcap.Packet{At: now, Conn: talk, Segment: segment, Comment: "request 7, web -> db"})
//	w.Close()
//
// A packet is written at one place: where it leaves (the usual), or where it
// arrives ([Packet].There). In the first way lost packets stand in the file
// too. Packets are written in the order of their calls, which should be that of
// their times; a [Tape] sorts them.
//
// Where a run knows segments (packet fidelity), they are written as they were.
// Where it knows messages only, a [Flow] makes the segments of a connection
// that loses nothing.
//
// # Addresses
//
// The address of a pod follows from its name: 10.x.y.z with 24 bits of the
// name's hash (chance.Name), fd00:6d64::x with IPv6. Two names that collide are
// told apart by taking the next free number, in the order in which they are
// met. z is never 0 or 255. The MAC address is locally administered:
// 02:00:0a:x:y:z. A name resolution block tells Wireshark the names.
//
// Sequence numbers begin at a hash of the connection's ID and side, timestamps
// at a hash of the same, and count milliseconds as Linux's do.
package pcap
