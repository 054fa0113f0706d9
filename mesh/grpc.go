package mesh

// GRPCStatus is how a call of gRPC ended, as its trailer grpc-status says
// (google/rpc/code.proto).
type GRPCStatus uint8

// Those that proxies tell apart.
const (
	GRPCOK                GRPCStatus = 0
	GRPCCancelled         GRPCStatus = 1
	GRPCUnknown           GRPCStatus = 2
	GRPCDeadlineExceeded  GRPCStatus = 4
	GRPCResourceExhausted GRPCStatus = 8
	GRPCInternal          GRPCStatus = 13
	GRPCUnavailable       GRPCStatus = 14
)

// grpcStatuses are all of them, with their counterparts in HTTP (Envoy,
// source/common/grpc/status.cc, grpcToHttpStatus).
var grpcStatuses = [...]struct {
	name   string
	status int
}{
	{"ok", 200}, {"cancelled", 499}, {"unknown", 500}, {"invalid_argument", 400}, {"deadline_exceeded", 504},
	{"not_found", 404}, {"already_exists", 409}, {"permission_denied", 403}, {"resource_exhausted", 429},
	{"failed_precondition", 400}, {"aborted", 409}, {"out_of_range", 400}, {"unimplemented", 501},
	{"internal", 500}, {"unavailable", 503}, {"data_loss", 500}, {"unauthenticated", 401},
}

// String is its name in scenario files.
func (g GRPCStatus) String() string { return grpcStatuses[g.known()].name }

// Status is its counterpart in HTTP.
func (g GRPCStatus) Status() int { return grpcStatuses[g.known()].status }

// known takes one that does not exist for unknown.
func (g GRPCStatus) known() GRPCStatus {
	if int(g) >= len(grpcStatuses) {
		return GRPCUnknown
	}
	return g
}

// GRPCStatusNamed finds one by its name.
func GRPCStatusNamed(name string) (GRPCStatus, bool) {
	for g := range grpcStatuses {
		if grpcStatuses[g].name == name {
			return GRPCStatus(g), true
		}
	}
	return 0, false
}
