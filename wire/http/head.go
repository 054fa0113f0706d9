package http

import "github.com/meshdyno/meshdyno/wire/hpack"

// RequestHead is the length of an HTTP/1.1 request up to its content: request
// line, fields and the empty line (RFC 9112 2.1, 3, 5).
func RequestHead(method, target string, fields []hpack.Field) int {
	return len(method) + len(" ") + len(target) + len(" HTTP/1.1\r\n") + lines(fields) + len("\r\n")
}

// AnswerHead is that of an answer; its status has three digits (RFC 9112 4).
func AnswerHead(reason string, fields []hpack.Field) int {
	return len("HTTP/1.1 200 \r\n") + len(reason) + lines(fields) + len("\r\n")
}

func lines(fields []hpack.Field) (n int) {
	for i := range fields {
		n += len(fields[i].Name) + len(": \r\n") + len(fields[i].Value)
	}
	return n
}

// ContentLength is the length of the line that gives the length of n bytes.
func ContentLength(n int64) int { return len("Content-Length: \r\n") + digits(n, 10) }

// TransferEncoding is the length of the line that announces chunks.
const TransferEncoding = len("Transfer-Encoding: chunked\r\n")

// Chunked is how long n bytes are in chunks of so many (RFC 9112 7.1): each has
// its length in hexadecimal and two line ends around it; an empty one, and an
// empty line, end them.
func Chunked(n, chunk int64) int64 {
	const around = len("\r\n\r\n")
	full, rest := n/chunk, n%chunk
	total := n + full*int64(digits(chunk, 16)+around) + int64(len("0\r\n\r\n"))
	if rest > 0 {
		total += int64(digits(rest, 16) + around)
	}
	return total
}

// digits is how many n has.
func digits(n, base int64) int {
	count := 1
	for n /= base; n > 0; n /= base {
		count++
	}
	return count
}
