# `make check` is what CI runs, and all that it runs. Each part stands alone too.

GO ?= go
# Counted, not timed: go test calls it a failure when its own deadline passes.
FUZZTIME ?= 5000x
# Few: each runs fourteen times, also on an emulated processor and under the
# race detector.
SAME ?= first-steps retry-storm

.PHONY: check fmt vet lint test race same fuzz

check: fmt vet lint test race same fuzz

# gofmt prints the files that it would change; there must be none.
fmt:
	@echo "== gofmt"
	@bad=$$(gofmt -l $$(git ls-files '*.go')); if [ -n "$$bad" ]; then echo "not formatted:"; echo "$$bad"; exit 1; fi

vet:
	@echo "== go vet"
	$(GO) vet ./...

# Pinned in tools/go.mod, apart from what the program is built from; what is
# checked and what is not, with reasons, stands in staticcheck.conf.
lint:
	@echo "== staticcheck"
	$(GO) tool -modfile=tools/go.mod staticcheck ./...

test:
	@echo "== go test"
	$(GO) test ./...

# Where goroutines are. The pure rooms and the engine have none (internal/arch
# holds them to that), and the race detector would only slow their long tests.
race:
	@echo "== go test -race"
	$(GO) test -race -short $$($(GO) list ./... | grep -Ev '/(mesh|unit|chance|policy|fault|loadgen|stats|result|sim|arch)$$|/wire/')

# The same bytes, however many threads and whichever processor.
same:
	@echo "== the same bytes everywhere"
	$(GO) run ./internal/samebytes $(SAME)

# Every fuzz target for a moment: its seeds and whatever that moment finds.
fuzz:
	@echo "== fuzzing, $(FUZZTIME) each"
	@.ci/fuzz $(FUZZTIME)

# The profile by which go build inlines and lays out the command: the mesh chain
# of bench/, which is the path that every run takes (docs/decisions/0007).
.PHONY: pgo
pgo:
	GOMAXPROCS=1 $(GO) test -trimpath ./sim -run '^$$' -bench 'BenchmarkChain$$' -benchtime 8x -cpuprofile $(CURDIR)/cmd/meshdyno/default.pgo -o /dev/null
