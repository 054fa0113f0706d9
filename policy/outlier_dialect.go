package policy

// outlierDialect is how one system, at one version, detects outliers.
type outlierDialect struct {
	// allows says whether one more host may be ejected.
	allows func(o *Outlier) bool
	// earlyDecay lets the back-off of a host that is in shrink at the start of
	// every sweep; otherwise at its end, an interval after the host came back.
	earlyDecay bool
	// overflows are told as failures of the host that had been chosen.
	overflows bool
	// rates makes the detector gRPC's: success rates and failure percentages only.
	rates bool
	// reads changes the settings to what the system makes of them.
	reads func(s *OutlierDetection)
}

// outlierDialects are the differences that the sources show. Envoy's versions
// of max_ejection_percent: up to 1.26; 94a981e63b (1.27); ecd6bdd0e7 (1.28);
// 36531d9a18 (1.31). When the back-off shrinks: 6db884b694 (1.28). Overflows:
// envoy#25487, mended in 1.26. Istio 1.4 left the gauge of ejected hosts out of
// Envoy's statistics, and Envoy, which counted by the gauge, saw none ejected:
// envoy#8259.
var outlierDialects = map[string]*outlierDialect{
	"envoy":      {allows: shareOrOne},
	"envoy-1.25": {allows: shareBefore, earlyDecay: true, overflows: true},
	"envoy-1.26": {allows: shareBefore, earlyDecay: true},
	"envoy-1.27": {allows: firstOrShare, earlyDecay: true},
	"envoy-1.28": {allows: shareAfter},
	"envoy-1.31": {allows: shareOrOne},
	"grpc":       {allows: shareBefore, rates: true},
	"istio":      {allows: shareOrOne, reads: asIstio},
	"istio-1.4":  {allows: shareUnknown, earlyDecay: true, overflows: true, reads: asIstio},
}

func outlierDialectOf(name string) *outlierDialect {
	if d := outlierDialects[name]; d != nil {
		return d
	}
	return outlierDialects["envoy"]
}

// shareBefore: fewer than the share are out, so that one always may be, and the
// last may pass the limit.
func shareBefore(o *Outlier) bool { return o.share(0) < o.most }

// shareAfter: no more than the share would be out.
func shareAfter(o *Outlier) bool { return o.share(1) <= o.most }

// firstOrShare is shareAfter, but one always may be out.
func firstOrShare(o *Outlier) bool { return o.ejected == 0 || shareAfter(o) }

// shareOrOne is either, as always_eject_one_host has it.
func shareOrOne(o *Outlier) bool {
	return o.s.AlwaysEjectOneHost && o.ejected == 0 || shareAfter(o)
}

// shareUnknown: none seems to be out, ever.
func shareUnknown(o *Outlier) bool { return o.most > 0 }

// asIstio is what Istio makes of a destination rule (cluster_traffic_policy.go,
// applyOutlierDetection): no success rates; what has a number is enforced; a
// share of 0 says nothing.
func asIstio(s *OutlierDetection) {
	s.EnforcingSuccessRate, s.EnforcingLocalOriginSuccessRate = 0, 0
	s.EnforcingConsecutive5xx, s.EnforcingLocalOriginFailure = 1, 1
	s.EnforcingGatewayFailure = 0
	if s.ConsecutiveGatewayFailure != nil {
		s.EnforcingGatewayFailure = 1
	}
	s.EnforcingFailurePercentage, s.EnforcingFailurePercentageLocal = 0, 0
	if s.MaxEjectionPercent == 0 {
		s.MaxEjectionPercent = 0.1
	}
	if s.ConsecutiveLocalOriginFailure == 0 {
		s.ConsecutiveLocalOriginFailure = 5
	}
}
