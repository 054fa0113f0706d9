// Package mesh has its comment where nobody looks.
package mesh
