// Package dns is a look-up over UDP: the bytes of questions and answers (RFC
// 1035, 6891), the names that a resolver tries, its timer, and the turn to TCP
// when an answer does not fit.
package dns
