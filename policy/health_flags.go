package policy

// HostHealth is what discovery and health checks say of a host.
type HostHealth uint8

// The marks of a host, after Envoy's Host::HealthFlag.
const (
	failedCheck   HostHealth = 1 << iota // FAILED_ACTIVE_HC
	degradedCheck                        // DEGRADED_ACTIVE_HC
	pendingCheck                         // PENDING_ACTIVE_HC: not counted before its first check
	immediateFail                        // EXCLUDED_VIA_IMMEDIATE_HC_FAIL: not counted
	lateCheck                            // ACTIVE_HC_TIMEOUT: its last check timed out
	leaving                              // PENDING_DYNAMIC_REMOVAL: discovery has lost it, its checks have not
	gone                                 // no member any more
)

// member says whether the host belongs to the upstream.
func (h *Host) member() bool { return h.Health&gone == 0 }

// in says whether the host is fit to be asked, fully or not (coarseHealth).
func (h *Host) in() bool { return !h.Ejected && h.Health&(failedCheck|gone) == 0 }

// healthy says whether it is fit and not degraded.
func (h *Host) healthy() bool { return h.in() && h.Health&degradedCheck == 0 }

// degraded says whether it is fit, but for when others cannot carry the load.
func (h *Host) degraded() bool { return h.in() && h.Health&degradedCheck != 0 }

// excluded says whether it is left out where hosts are counted
// (excludeBasedOnHealthFlag).
func (h *Host) excluded() bool { return h.Health&(pendingCheck|immediateFail) != 0 }
