package pcap

import (
	"bytes"
	"fmt"
	"net/http"
)

// Request1 is a request in HTTP/1.1.
func Request1(m *Message) []byte {
	return message1(m, fmt.Sprintf("%s %s HTTP/1.1\r\nhost: %s\r\n", m.method(), m.path(), m.Authority), m.Body > 0)
}

// Response1 is a response in HTTP/1.1.
func Response1(m *Message) []byte {
	return message1(m, fmt.Sprintf("HTTP/1.1 %d %s\r\n", m.status(), http.StatusText(m.status())), true)
}

func message1(m *Message, start string, length bool) []byte {
	var b bytes.Buffer
	b.WriteString(start)
	if m.Body > 0 {
		b.WriteString("content-type: text/plain\r\n")
	}
	if length {
		fmt.Fprintf(&b, "content-length: %d\r\n", m.Body)
	}
	for _, f := range m.Fields {
		fmt.Fprintf(&b, "%s: %s\r\n", f.Name, f.Value)
	}
	b.WriteString("\r\n")
	b.Write(m.body())
	return b.Bytes()
}
