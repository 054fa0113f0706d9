package policy

import "github.com/meshdyno/meshdyno/mesh"

// GRPCBudget is gRPC's retryThrottling (A6): a bucket of tokens that a failure
// costs one and a success fills by token_ratio; retries go while more than half
// is left.
type GRPCBudget struct {
	MaxTokens  float64 `yaml:"max_tokens" min:"0.001" max:"1000" doc:"tokens in a full bucket"`
	TokenRatio float64 `yaml:"token_ratio" min:"0.001" max:"1000" doc:"tokens that a success earns"`
}

// The example of A6; gRPC itself has no default.
func grpcDefaults() *GRPCBudget { return &GRPCBudget{MaxTokens: 10, TokenRatio: 0.1} }

// New makes the state for one upstream.
func (b *GRPCBudget) New() Budget { return &grpcBudget{settings: b, tokens: b.MaxTokens} }

type grpcBudget struct {
	unmoved
	settings *GRPCBudget
	tokens   float64
}

// Ended counts only such failures as would be tried again, also those of calls
// that have no try left; other failures cost nothing (grpc-go stream.go,
// shouldRetry: throttle comes after the code and before the number of attempts).
func (b *grpcBudget) Ended(_ mesh.Time, o mesh.Outcome, again bool) {
	switch {
	case again:
		b.tokens = max(b.tokens-1, 0)
	case o == mesh.OK:
		b.tokens = min(b.tokens+b.settings.TokenRatio, b.settings.MaxTokens)
	}
}

func (b *grpcBudget) Withdraw(mesh.Time, Load) bool { return b.tokens > b.settings.MaxTokens/2 }
