// This package says nothing of its name.
package fault
