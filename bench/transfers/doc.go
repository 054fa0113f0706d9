// Command transfers carries the same TCP transfers through wire/tcp and through
// ns-3 3.37, and compares the goodput:
//
//	go run ./bench/transfers
//
// It needs a C++ compiler and ns-3: apt-get install g++ libns3-dev. The exit
// status is 1 when the two differ by more than a tenth anywhere.
package main
