package policy

// Request is what a proxy may read of a request. The live proxy answers from
// what it has received; the simulator from the traffic class, drawing a value
// when it is first asked for. Names of headers are compared whatever their case.
type Request interface {
	// AppendHeader appends to dst the value number n, from 0, of a header; false
	// when there are not so many.
	AppendHeader(dst []byte, name string, n int) ([]byte, bool)
	// AppendSource appends the address of the caller, without a port.
	AppendSource(dst []byte) []byte
	// Path is the path and query that is asked for.
	Path() string
	// Method is the HTTP method.
	Method() string
	// Host is the host that is asked for, with the port if that was named.
	Host() string
}
