package policy

import (
	"slices"

	"github.com/meshdyno/meshdyno/mesh"
)

// retryOn is the set of the words of Envoy's x-envoy-retry-on and
// x-envoy-retry-grpc-on (router_filter.rst; retry_state_impl.cc).
type retryOn uint32

const (
	on5xx retryOn = 1 << iota
	onGatewayError
	onReset
	onResetBeforeRequest
	onConnectFailure
	onRateLimited
	onRetriable4xx
	onRefusedStream
	onStatusCodes
	onHeaders
	onCancelled
	onDeadlineExceeded
	onInternal
	onResourceExhausted
	onUnavailable
)

// maybeGood are the words that may cover an answer that is none the worse for it.
const maybeGood = onStatusCodes | onHeaders | onRateLimited

var retryOnWords = [...]string{"5xx", "gateway-error", "reset", "reset-before-request", "connect-failure",
	"envoy-ratelimited", "retriable-4xx", "refused-stream", "retriable-status-codes", "retriable-headers",
	"cancelled", "deadline-exceeded", "internal", "resource-exhausted", "unavailable"}

func retryOnOf(words []string) (on retryOn) {
	for i, word := range retryOnWords {
		if slices.Contains(words, word) {
			on |= 1 << i
		}
	}
	return on
}

// worth says whether an attempt that ended in r is worth another one.
//
// An answer of a proxy further on is one like others: its 503 with
// x-envoy-overloaded is tried again since April 2020. The proxy's own Overflow
// ends no attempt and is not asked about here: it is never tried again.
func (u *Upstream) worth(l *limits, r *Reply) bool {
	if broken(r.Outcome) {
		return l.on.fromReset(r.Outcome)
	}
	return u.fromHeaders(l, r)
}

// fromReset is wouldRetryFromReset. A try's timeout is a reset that this proxy
// made, of a request that was sent. refused-stream never comes: the services
// here answer 503 instead of refusing a stream.
func (on retryOn) fromReset(o mesh.Outcome) bool {
	if o == mesh.ConnectFailure && on&(onConnectFailure|onResetBeforeRequest) != 0 {
		return true
	}
	return on&(on5xx|onGatewayError|onReset) != 0
}

// fromHeaders is wouldRetryFromHeaders. What another proxy's rate limit refused
// is tried again only by its own word.
func (u *Upstream) fromHeaders(l *limits, r *Reply) bool {
	if r.Headers != nil && u.has(r.Headers, "x-envoy-ratelimited") {
		return l.on&onRateLimited != 0
	}
	switch on, s := l.on, r.Status; {
	case on&on5xx != 0 && s >= 500 && s < 600,
		on&onGatewayError != 0 && s >= 502 && s <= 504,
		on&onRetriable4xx != 0 && s == 409,
		on&onStatusCodes != 0 && slices.Contains(l.codes, int(s)),
		on&onHeaders != 0 && u.meetsReply(l, r):
		return true
	}
	return l.on&grpcWord(r.Code) != 0
}

// meetsReply says whether an answer is like one of retriable_headers. A copy is
// looked at, so that the answer itself need not leave the stack.
func (u *Upstream) meetsReply(l *limits, r *Reply) bool {
	u.reply = *r
	return u.meetsAny(&u.reply, l.headers)
}

// grpcWord is the word that covers a grpc-status.
func grpcWord(g mesh.GRPCStatus) retryOn {
	switch g {
	case mesh.GRPCCancelled:
		return onCancelled
	case mesh.GRPCDeadlineExceeded:
		return onDeadlineExceeded
	case mesh.GRPCInternal:
		return onInternal
	case mesh.GRPCResourceExhausted:
		return onResourceExhausted
	case mesh.GRPCUnavailable:
		return onUnavailable
	}
	return 0
}
