// Package link is one direction of a wire, as a machine that knows no clock:
// packets are offered at one end, and it says which of them arrive at the other
// and when.
//
//	l.Offer(now, packet)
//	for l.Next(now, &passage) {
//		// at passage.At it arrives, or passage.Fate says why it does not
//	}
//
// and the same after Wake, which the driver calls at WakeAt. A passage may lie
// in the future: as soon as it is sure it is told.
//
// A packet first waits for the transmitter in a queue, the bottleneck; then it
// is sent, as fast as the bandwidth allows; then it travels. It may be dropped
// by the queue, and be lost, damaged, doubled or held up on the way. Packets
// overtake each other only where that is asked for.
package link
