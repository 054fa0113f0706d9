package chance

import (
	"fmt"
	"math"

	"github.com/meshdyno/meshdyno/unit"
)

// buildPareto: with q = min/max the moments of the bounded one are
// min * growth((alpha-1) log q) / growth(alpha log q), and alike with
// (alpha-2) and min^2, which is continuous where alpha is 1 or 2.
func buildPareto(d *Dist, in *input) error {
	if err := in.positive(0, "min"); err != nil {
		return err
	}
	if err := in.within(1, "alpha", 0.01, 1000); err != nil {
		return err
	}
	least, alpha := in.value[0], in.value[1]
	d.a, d.b = least, 1/alpha
	if !in.has[2] {
		return buildUnboundedPareto(d, in)
	}
	if in.value[2] <= least {
		return in.refuse(2, "max must be above min, %s", in.text(0))
	}
	logQ := Log(least / in.value[2])
	d.kind, d.c = boundedPareto, 1-Exp(float64(alpha*logQ))
	all := growth(float64(alpha * logQ))
	d.more.mean = least * growth(float64((alpha-1)*logQ)) / all
	d.more.second = float64(least*least) * growth(float64((alpha-2)*logQ)) / all
	return nil
}

func buildUnboundedPareto(d *Dist, in *input) error {
	least, alpha := in.value[0], in.value[1]
	if alpha <= 1 {
		return in.refuse(1, "a pareto with alpha %s has no mean: its mean does not exist up to alpha 1; raise alpha or give it a max=", unit.FormatNumber(alpha))
	}
	d.kind = pareto
	d.more.mean, d.more.second = least*alpha/(alpha-1), math.NaN()
	if alpha > 2 {
		d.more.second = float64(least*least) * alpha / (alpha - 2)
		return nil
	}
	d.warn(fmt.Sprintf("a pareto with alpha %s has no variance: averages settle slowly, and intervals around them promise too much", unit.FormatNumber(alpha)))
	return nil
}
