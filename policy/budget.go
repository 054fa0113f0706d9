package policy

import (
	"github.com/meshdyno/meshdyno/internal/menu"
	"github.com/meshdyno/meshdyno/mesh"
)

// Budget limits the retries of all calls of one proxy to one upstream together.
// They are not alike: Envoy counts what is under way at once, Linkerd, Finagle
// and Gateway API count over a time, gRPC counts tokens.
type Budget interface {
	// Began tells that a call makes its first attempt.
	Began(now mesh.Time)
	// Ended tells how an attempt ended. Again says that it is worth another one,
	// whether or not a try is left.
	Ended(now mesh.Time, o mesh.Outcome, again bool)
	// Withdraw takes one retry out, or says that there is none.
	Withdraw(now mesh.Time, l Load) bool
	// Refusal is what the caller gets when there was none, and the attempt before
	// had ended in o.
	Refusal(o mesh.Outcome) mesh.Outcome
}

// Load is what a proxy has under way to an upstream when a budget is asked.
type Load struct {
	Requests int // attempts, retries among them
	Retries  int // from the decision to the end of the attempt, less the one that asks
}

// BudgetSettings are the knobs of one kind of budget.
type BudgetSettings interface {
	// New makes the state for one upstream.
	New() Budget
}

// Budgets is the menu of retry budgets.
var Budgets = menu.Of("retry budget",
	menu.Row[BudgetSettings]{Name: "linkerd", About: "a share of the requests over some seconds, and some a second (ServiceProfile)", New: func() BudgetSettings { return linkerdDefaults() }},
	menu.Row[BudgetSettings]{Name: "finagle", About: "the same, as Finagle counts it", New: func() BudgetSettings { return finagleDefaults() }},
	menu.Row[BudgetSettings]{Name: "grpc", About: "tokens: a failure costs one, a success earns some; retries while more than half are left", New: func() BudgetSettings { return grpcDefaults() }},
	menu.Row[BudgetSettings]{Name: "gateway_api", About: "a share of the traffic over an interval may be retries, and a least rate (XBackendTrafficPolicy)", New: func() BudgetSettings { return gatewayDefaults() }},
	menu.Row[BudgetSettings]{Name: "envoy", About: "a share of the requests under way, and a least number; the same as circuit_breaker.retry_budget", New: func() BudgetSettings { b := &RetryBudget{}; b.SetDefaults(); return b }},
)

// BudgetChoice is one row of the menu Budgets and its settings: `budget: {kind:
// linkerd, ttl: 10s}`, or just the name.
type BudgetChoice struct {
	Kind     string
	Settings BudgetSettings
}

// KindKey names the key that chooses the row.
func (*BudgetChoice) KindKey() string { return "kind" }

// Kinds is the menu to choose from.
func (*BudgetChoice) Kinds() menu.Any { return Budgets }

// SetKind takes the chosen row.
func (b *BudgetChoice) SetKind(name string, settings any) {
	b.Kind, b.Settings = name, settings.(BudgetSettings)
}

// AllowsNone says whether a budget is for no retry ever.
func AllowsNone(s BudgetSettings) bool {
	b, ok := s.(interface{ empty() bool })
	return ok && b.empty()
}

// unmoved is what most budgets share: they do not look at some of the events,
// and hand the answer on when there is no retry left.
type unmoved struct{}

func (unmoved) Began(mesh.Time)                     {}
func (unmoved) Ended(mesh.Time, mesh.Outcome, bool) {}
func (unmoved) Refusal(o mesh.Outcome) mesh.Outcome { return o }

// New makes Envoy's budget, which keeps nothing itself.
func (r *RetryBudget) New() Budget { return &concurrency{r: r} }

type concurrency struct {
	unmoved
	r *RetryBudget
}

func (c *concurrency) Withdraw(_ mesh.Time, l Load) bool { return c.r.allows(l) }
