// Package attic is a room that is not in the plan.
package attic
