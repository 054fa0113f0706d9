// Package hpack counts the bytes of HTTP/2 header blocks (RFC 7541) without
// writing them: what an encoder with a dynamic table makes of a list of fields,
// the first time and later.
//
//	e := hpack.NewEncoder(4096)
//	first := e.Block(fields)
//	again := e.Block(fields) // far less: the table knows them
//
// It chooses as golang.org/x/net/http2/hpack does, which grpc-go uses, and most
// encoders like it: a field in a table is one index; any other is added to the
// dynamic table, unless it may not be or is larger than the table; text takes
// Huffman's code where that is shorter.
package hpack
