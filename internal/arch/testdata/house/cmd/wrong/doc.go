// Wrong is a program that is not introduced as one.
package main

func main() {}
