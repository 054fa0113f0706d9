// Package stricttest is what tests of settings share: texts as users write them, read
// and refused.
package stricttest
