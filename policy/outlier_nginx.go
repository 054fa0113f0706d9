package policy

import (
	"slices"
	"strconv"
	"time"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/mesh"
	"github.com/meshdyno/meshdyno/unit"
)

// NginxOutlier is what NGINX's `server` line says of a peer that fails
// (ngx_http_upstream_round_robin.c). A peer with max_fails failures is left out
// while no more than fail_timeout has passed since the last of them. Then one
// request is sent to it, and others only if that went well, or in their turn
// after another fail_timeout. A lone peer is never left out, and when all are
// out nobody is asked: versions before 1.11.5 took all back at once.
//
// NGINX counts in whole seconds of its clock. Statuses count as failures only
// if they are named, and there only while another server is left to try; here
// they always count.
type NginxOutlier struct {
	MaxFails      int           `yaml:"max_fails" min:"0" doc:"failures that take a host out; 0 is never"`
	FailTimeout   unit.Duration `yaml:"fail_timeout" max:"24h" doc:"in which they have to happen, and for how long the host is then out; whole seconds"`
	NextUpstream  []string      `yaml:"proxy_next_upstream" enum:"error,timeout,http_500,http_502,http_503,http_504" doc:"what is a failure; error and timeout always are"`
	QuickRecovery bool          `yaml:"quick_recovery" doc:"take all back when all are out, as before 1.11.5"`
}

func defaultNginxOutlier() *NginxOutlier {
	return &NginxOutlier{MaxFails: 1, FailTimeout: 10 * unit.Second, NextUpstream: []string{"error", "timeout"}}
}

// New makes the detector of an upstream's hosts.
func (n *NginxOutlier) New(_ string, hosts []Host, _ *chance.Stream) Detector {
	d := &nginxOutlier{settings: n, ejections: ejections{hosts: hosts}, failures: n.failures(),
		timeout: int64(n.FailTimeout.Std() / time.Second), wake: mesh.Never}
	if len(hosts) > 1 && n.MaxFails > 0 {
		d.peers = make([]nginxPeer, len(hosts))
		for i := range d.peers {
			d.peers[i] = nginxPeer{accessed: longAgo, checked: longAgo}
		}
	}
	return d
}

// failures are the outcomes that count. Where no answer came, that always does.
func (n *NginxOutlier) failures() (set outcomeSet) {
	for o := mesh.OK; o < mesh.Outcomes; o++ {
		if broken(o) || slices.Contains(n.NextUpstream, "http_"+strconv.Itoa(o.Status())) {
			set |= 1 << o
		}
	}
	return set
}

type nginxOutlier struct {
	ejections
	settings *NginxOutlier
	timeout  int64 // seconds
	failures outcomeSet
	peers    []nginxPeer // nil: there is only one, or none is ever out
	wake     mesh.Time
}

// nginxPeer is what is known of one host, in seconds of the clock.
type nginxPeer struct {
	fails             int
	accessed, checked int64 // the last failure; that, or since when it is tried
}

const longAgo = -1 << 40

// seconds is NGINX's time, which knows no less.
func seconds(now mesh.Time) int64 { return int64(now) / int64(time.Second) }

// Start has nothing to start.
func (*nginxOutlier) Start(mesh.Time) {}

// Connected tells it nothing.
func (*nginxOutlier) Connected(mesh.Time, int) {}

// Checked tells it nothing: only NGINX Plus has health checks.
func (*nginxOutlier) Checked(mesh.Time, int, bool) {}

// Left forgets a peer.
func (n *nginxOutlier) Left(host int) {
	n.leave(host)
	if n.peers != nil {
		n.peers[host] = nginxPeer{accessed: longAgo, checked: longAgo}
	}
}

// Joined tells it nothing more.
func (*nginxOutlier) Joined(mesh.Time, int) {}

// Sent notes a request to a host that is tried again: others stay away from it.
func (n *nginxOutlier) Sent(now mesh.Time, host int) {
	if n.peers == nil {
		return
	}
	p, s := &n.peers[host], seconds(now)
	if s-p.checked <= n.timeout {
		return
	}
	if p.checked = s; p.fails >= n.settings.MaxFails {
		n.hide(host)
		n.wake = min(n.wake, n.back(host))
	}
}

// Result counts a failure. An answer makes a host live that was being tried.
func (n *nginxOutlier) Result(now mesh.Time, host int, r Reply) {
	switch {
	case n.peers == nil || r.Outcome == mesh.Unfinished:
	case n.failures.has(r.Outcome):
		p := &n.peers[host]
		if p.accessed < p.checked {
			n.admit(host) // it was only tried; now it goes out anew
		}
		p.fails++
		p.accessed, p.checked = seconds(now), seconds(now)
		n.judge(host)
	default:
		if p := &n.peers[host]; p.accessed < p.checked {
			p.fails = 0
			n.admit(host)
		}
	}
}

// judge takes a host out that has failed often enough. It is asked again in the
// first second that is more than fail_timeout later.
func (n *nginxOutlier) judge(host int) {
	p := &n.peers[host]
	if p.fails < n.settings.MaxFails {
		return
	}
	n.eject(host)
	if n.settings.QuickRecovery && n.out == len(n.hosts) {
		for i := range n.peers {
			n.peers[i].fails = 0
			n.admit(i)
		}
		return
	}
	n.wake = min(n.wake, n.back(host))
}

// back is when a host that is out may be asked again.
func (n *nginxOutlier) back(host int) mesh.Time {
	return mesh.Time(n.peers[host].checked+n.timeout+1) * mesh.Time(time.Second)
}

// WakeAt is when the first host that is out may be asked again.
func (n *nginxOutlier) WakeAt() mesh.Time { return n.wake }

// Wake lets those in whose time has come.
func (n *nginxOutlier) Wake(now mesh.Time) {
	if now < n.wake {
		return
	}
	n.wake = mesh.Never
	for i := range n.peers {
		switch back := n.back(i); {
		case !n.hosts[i].Ejected:
		case now >= back:
			n.admit(i)
		default:
			n.wake = min(n.wake, back)
		}
	}
}
