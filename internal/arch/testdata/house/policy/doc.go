// Package policy breaks what pure rooms are held to.
package policy
