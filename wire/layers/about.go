package layers

// Text is what there is to say of a layer, for people who learn it.
type Text struct {
	Name    string // "Data link"
	Unit    string // what a piece is called: "frame"
	Does    string // what it is for
	Here    string // what counts there in an account
	Mistake string // what is often said of it and is not so
}

// About are the texts; index 0 is not used.
var About = [Application + 1]Text{
	Physical: {"Physical", "bit",
		"Turns bits into light, voltage or radio.",
		"Preamble and gap around each Ethernet frame (20 bytes), and the time that all bytes need to leave at the link's rate.",
		"Bandwidth is not speed: a faster link sends the last byte sooner, and the first arrives no earlier. Distance sets that."},
	DataLink: {"Data link", "frame",
		"Carries a frame to the next machine on the same link.",
		"Ethernet's header and check sequence (18 bytes), and what fills short frames up to 64 bytes.",
		"A frame goes as far as the next router, and each hop has frames of its own. What gets to the other end is the packet."},
	Network: {"Network", "packet",
		"Finds the way from machine to machine, across links.",
		"An IP header for each packet (20 bytes, IPv6 40), fragments, and the time of propagation.",
		"NLB and ALB are regional and span zones; it is DNS (Route 53) or Global Accelerator in front of them that chooses a region."},
	Transport: {"Transport", "segment (TCP), datagram (UDP)",
		"Carries bytes from program to program: in order and complete (TCP), or as they come (UDP).",
		"A TCP header for each segment (20 bytes, and 12 of timestamps) or a UDP header for each datagram (8), connecting, retransmission, queueing.",
		"One lost segment holds up every HTTP/2 stream of its connection: streams are above TCP, which knows one row of bytes. QUIC keeps them apart."},
	Session: {"Session", "record",
		"Keeps a conversation: opens, authenticates, resumes it.",
		"TLS: its handshake, and five bytes before each record.",
		"The Internet has no layer 5 of its own. TLS is as much 5 as 6: here the conversation counts as session and encryption as presentation."},
	Presentation: {"Presentation", "encoded message",
		"Writes values as bytes: encodes, compresses, encrypts.",
		"What JSON or protobuf has more than the values, or less; what compression takes away; what sealing adds to each record.",
		"gRPC is not a binary format that HTTP has to be taught: HTTP/2 carries binary frames, and gRPC rides on them. Browsers and HTTP/1.1 are the limit, hence gRPC-Web."},
	Application: {"Application", "message",
		"What the programs say to each other.",
		"The values, and what HTTP and gRPC put around them: heads, frames, prefixes, trailers. Time in proxies and services.",
		"\"ALB for gRPC, API Gateway for REST\" is no rule: both speak HTTP, and ALB has gRPC target groups. Nor does a circuit breaker always count errors: " +
			"Envoy's caps what is under way at once, its outlier detection ejects hosts for errors, Linkerd's breaker counts failures in a row."},
}

// Proxies says how many a call passes.
const Proxies = "A sidecar stands beside each pod, so a call passes two; a proxy on the node is passed once or twice, " +
	"an ambient mesh has one per node for layer 4 and waypoints for layer 7, and proxyless clients pass none."
