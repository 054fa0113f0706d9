package link

import "github.com/meshdyno/meshdyno/mesh"

// Hold puts a packet into a backlog that leaves then.
func Hold(b *Backlog, leaves mesh.Time, bytes int32) { b.add(leaves, bytes) }
