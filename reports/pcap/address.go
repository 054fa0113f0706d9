package pcap

import (
	"encoding/binary"
	"net"

	"github.com/meshdyno/meshdyno/chance"
)

// host is a pod as the network sees it.
type host struct {
	name      string
	face      int // its interface in the file
	ip4, ip6  net.IP
	mac       net.HardwareAddr
	datagrams uint16 // identification of the next one that is cut
}

// addresses hands them out.
type addresses struct {
	hosts map[string]*host
	taken map[uint32]bool
}

// add is a new pod.
func (a *addresses) add(name string, face int) *host {
	n := a.number(name)
	h := &host{name: name, face: face, ip4: make(net.IP, 4), ip6: make(net.IP, 16), mac: make(net.HardwareAddr, 6)}
	binary.BigEndian.PutUint32(h.ip4, 10<<24|n)
	copy(h.ip6, []byte{0xfd, 0, 'm', 'd'})
	binary.BigEndian.PutUint32(h.ip6[12:], n)
	h.mac[0] = 2
	copy(h.mac[2:], h.ip4)
	a.hosts[name] = h
	return h
}

// number is the lower 24 bits of an address.
func (a *addresses) number(name string) uint32 {
	n := uint32(chance.Name(name)) & 0xffffff
	for last := n & 0xff; a.taken[n] || last == 0 || last == 0xff; last = n & 0xff {
		n = (n + 1) & 0xffffff
	}
	a.taken[n] = true
	return n
}
