package policy

import (
	"errors"
	"fmt"
	"math"

	"github.com/meshdyno/meshdyno/chance"
	"github.com/meshdyno/meshdyno/unit"
)

// OutlierDetection takes hosts that fail out of the pool for a while. Envoy's
// names and defaults (outlier_detection.proto); shares are ratios here, where
// Envoy has percentages. What a dialect does otherwise stands in its own row.
type OutlierDetection struct {
	Consecutive5xx                  int           `yaml:"consecutive_5xx" min:"0" doc:"answers of 500 and above in a row that make an outlier; 0 is never"`
	EnforcingConsecutive5xx         unit.Ratio    `yaml:"enforcing_consecutive_5xx" max:"1" doc:"share of those outliers that is ejected; of the others it is only known"`
	ConsecutiveGatewayFailure       *int          `yaml:"consecutive_gateway_failure" min:"0" doc:"answers of 502, 503 and 504 in a row that make an outlier; 5 when left out"`
	EnforcingGatewayFailure         unit.Ratio    `yaml:"enforcing_consecutive_gateway_failure" max:"1" doc:"share of those outliers that is ejected"`
	Split                           bool          `yaml:"split_external_local_origin_errors" doc:"count timeouts, resets and failed connections apart from what the host answers"`
	ConsecutiveLocalOriginFailure   int           `yaml:"consecutive_local_origin_failure" min:"0" doc:"such failures in a row that make an outlier; needs the split"`
	EnforcingLocalOriginFailure     unit.Ratio    `yaml:"enforcing_consecutive_local_origin_failure" max:"1" doc:"share of those outliers that is ejected"`
	Interval                        unit.Duration `yaml:"interval" doc:"time between two sweeps, which let hosts back in and compare success rates"`
	BaseEjectionTime                unit.Duration `yaml:"base_ejection_time" doc:"how long the first ejection lasts at least; the nth in a row lasts n times as long"`
	MaxEjectionTime                 unit.Duration `yaml:"max_ejection_time" doc:"how long an ejection lasts at most; the longer of 300s and base_ejection_time when left out"`
	MaxEjectionTimeJitter           unit.Duration `yaml:"max_ejection_time_jitter" doc:"each ejection lasts longer by a random number of milliseconds up to this"`
	MaxEjectionPercent              unit.Ratio    `yaml:"max_ejection_percent" max:"1" doc:"share of the hosts that may be out at once; 10% allows none of fewer than ten"`
	AlwaysEjectOneHost              bool          `yaml:"always_eject_one_host" doc:"one host may be out whatever max_ejection_percent says"`
	SuccessRateMinimumHosts         int           `yaml:"success_rate_minimum_hosts" min:"0" doc:"hosts with success_rate_request_volume below which success rates are not compared"`
	SuccessRateRequestVolume        int           `yaml:"success_rate_request_volume" min:"0" doc:"requests in an interval that a host needs to be compared"`
	SuccessRateStdevFactor          int           `yaml:"success_rate_stdev_factor" min:"0" doc:"thousandths of a standard deviation below the mean at which a success rate is an outlier's"`
	EnforcingSuccessRate            unit.Ratio    `yaml:"enforcing_success_rate" max:"1" doc:"share of those outliers that is ejected"`
	EnforcingLocalOriginSuccessRate unit.Ratio    `yaml:"enforcing_local_origin_success_rate" max:"1" doc:"the same for failures of local origin; needs the split"`

	FailurePercentageThreshold         unit.Ratio `yaml:"failure_percentage_threshold" max:"1" doc:"share of failures in an interval that makes an outlier, whatever the others do"`
	FailurePercentageMinimumHosts      int        `yaml:"failure_percentage_minimum_hosts" min:"0" doc:"hosts with failure_percentage_request_volume below which it is not looked at"`
	FailurePercentageRequestVolume     int        `yaml:"failure_percentage_request_volume" min:"0" doc:"requests in an interval that a host needs for it"`
	EnforcingFailurePercentage         unit.Ratio `yaml:"enforcing_failure_percentage" max:"1" doc:"share of those outliers that is ejected"`
	EnforcingFailurePercentageLocal    unit.Ratio `yaml:"enforcing_failure_percentage_local_origin" max:"1" doc:"the same for failures of local origin; needs the split"`
	SuccessfulActiveHealthCheckUneject bool       `yaml:"successful_active_health_check_uneject_host" doc:"a health check that succeeds lets the host back in at once"`
}

// defaultOutlierDetection has Envoy's settings.
func defaultOutlierDetection() *OutlierDetection {
	o := &OutlierDetection{}
	o.SetDefaults()
	return o
}

// New makes the detector of an upstream's hosts.
func (o *OutlierDetection) New(dialect string, hosts []Host, dice *chance.Stream) Detector {
	return NewOutlier(o, dialect, hosts, dice)
}

// SetDefaults gives Envoy's.
func (o *OutlierDetection) SetDefaults() {
	*o = OutlierDetection{
		Consecutive5xx:                     5,
		EnforcingConsecutive5xx:            1,
		ConsecutiveLocalOriginFailure:      5,
		EnforcingLocalOriginFailure:        1,
		Interval:                           10 * unit.Second,
		BaseEjectionTime:                   30 * unit.Second,
		MaxEjectionPercent:                 0.1,
		SuccessRateMinimumHosts:            5,
		SuccessRateRequestVolume:           100,
		SuccessRateStdevFactor:             1900,
		EnforcingSuccessRate:               1,
		EnforcingLocalOriginSuccessRate:    1,
		FailurePercentageThreshold:         0.85,
		FailurePercentageMinimumHosts:      5,
		FailurePercentageRequestVolume:     50,
		SuccessfulActiveHealthCheckUneject: true,
	}
}

// longestEjection keeps sums of ejection times far from where they overflow.
const longestEjection = 10 * 365 * 24 * unit.Hour

// Check holds the times to what Envoy accepts (DetectorImpl::create).
func (o *OutlierDetection) Check() error {
	switch longest := max(o.BaseEjectionTime, o.MaxEjectionTime, o.MaxEjectionTimeJitter, o.Interval); {
	case o.Interval <= 0:
		return errors.New("interval must be above 0s")
	case o.BaseEjectionTime <= 0:
		return errors.New("base_ejection_time must be above 0s")
	case o.MaxEjectionTime > 0 && o.MaxEjectionTime < o.BaseEjectionTime:
		return fmt.Errorf("max_ejection_time of %v must not be below the base_ejection_time of %v", o.MaxEjectionTime, o.BaseEjectionTime)
	case longest > longestEjection:
		return fmt.Errorf("%v is too long: ten years is the limit", longest)
	}
	return nil
}

func (o *OutlierDetection) longest() unit.Duration {
	if o.MaxEjectionTime > 0 {
		return o.MaxEjectionTime
	}
	return max(300*unit.Second, o.BaseEjectionTime)
}

func (o *OutlierDetection) gatewayFailure() int {
	if o.ConsecutiveGatewayFailure == nil {
		return 5
	}
	return *o.ConsecutiveGatewayFailure
}

// percentOf turns a ratio back into the percentage that the proxies compare with:
// 0.29 is 29, and not the double below it.
func percentOf(r unit.Ratio) float64 { return math.Round(float64(r)*1e10) / 1e8 }
