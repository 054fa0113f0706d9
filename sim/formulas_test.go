package sim

import "math"

// Closed forms, each with its source. Rates are per second, times in seconds.

// erlangB is the share lost of Poisson calls that find all of c servers taken:
// Erlang 1917, by the recursion of Jagerman 1974. a is the offered load.
func erlangB(c int, a float64) float64 {
	b := 1.0
	for k := 1; k <= c; k++ {
		b = a * b / (float64(k) + a*b)
	}
	return b
}

// erlangC is the share that has to wait when waiting is possible: Erlang 1917.
func erlangC(c int, a float64) float64 {
	b := erlangB(c, a)
	return float64(c) * b / (float64(c) - a*(1-b))
}

// waitMMc is the mean wait of M/M/c: Kleinrock, Queueing Systems I, 3.5.
func waitMMc(c int, lambda, mu float64) float64 {
	return erlangC(c, lambda/mu) / (float64(c)*mu - lambda)
}

// waitMG1 is the mean wait of M/G/1: Pollaczek 1930, Khinchine 1932. m2 is the
// second moment of the service time.
func waitMG1(lambda, m1, m2 float64) float64 { return lambda * m2 / (2 * (1 - lambda*m1)) }

// birthDeath is the stationary law of a birth-death chain on 0..n: Kleinrock,
// Queueing Systems I, 3.1.
func birthDeath(n int, birth, death func(k int) float64) []float64 {
	p, sum := []float64{1}, 1.0
	for k := 1; k <= n; k++ {
		p = append(p, p[k-1]*birth(k-1)/death(k))
		sum += p[k]
	}
	for k := range p {
		p[k] /= sum
	}
	return p
}

func meanOf(law []float64) (mean float64) {
	for k, p := range law {
		mean += float64(k) * p
	}
	return mean
}

// lawMMcK is the number in M/M/c/K, where all of K, waiting included, is full
// when a request is refused.
func lawMMcK(c, k int, lambda, mu float64) []float64 {
	return birthDeath(k, func(int) float64 { return lambda }, func(n int) float64 { return mu * float64(min(n, c)) })
}

// lawMachines is the number at c repairmen of n machines that each run for a
// mean of think: Kleinrock, Queueing Systems I, 3.8.
func lawMachines(n, c int, think, mu float64) []float64 {
	return birthDeath(n, func(k int) float64 { return float64(n-k) / think }, func(k int) float64 { return mu * float64(min(k, c)) })
}

// meanValues is the throughput of n users who think and then pass stations of
// one server each in turn: Reiser and Lavenberg 1980, JACM 27(2), exact.
func meanValues(n int, think float64, demands ...float64) (throughput float64, inside []float64) {
	inside = make([]float64, len(demands))
	for users := 1; users <= n; users++ {
		round := think
		for i, d := range demands {
			round += d * (1 + inside[i])
		}
		throughput = float64(users) / round
		for i, d := range demands {
			inside[i] = throughput * d * (1 + inside[i])
		}
	}
	return throughput, inside
}

// sigmaGM1 is the share that waits in GI/M/1: the root below 1 of
// sigma = A*(mu (1 - sigma)), A* the Laplace transform of the gaps (Kendall
// 1953; Kleinrock, Queueing Systems I, 6.4). The mean stay is 1/(mu (1-sigma)).
func sigmaGM1(mu float64, gaps func(s float64) float64) float64 {
	low, high := 0.0, 1-1e-9
	for range 200 {
		mid := (low + high) / 2
		if gaps(mu*(1-mid)) > mid {
			low = mid
		} else {
			high = mid
		}
	}
	return low
}

// gapsErlang, gapsConstant and gapsHyper are such transforms.
func gapsErlang(k int, lambda float64) func(s float64) float64 {
	return func(s float64) float64 {
		return math.Pow(float64(k)*lambda/(float64(k)*lambda+s), float64(k))
	}
}

func gapsConstant(lambda float64) func(s float64) float64 {
	return func(s float64) float64 { return math.Exp(-s / lambda) }
}

func gapsHyper(p, rate1, rate2 float64) func(s float64) float64 {
	return func(s float64) float64 { return p*rate1/(rate1+s) + (1-p)*rate2/(rate2+s) }
}

// impatient is M/M/c+G: who waits longer than their patience leaves. Zeltyn and
// Mandelbaum 2005 (Queueing Systems 51), after Baccelli and Hebuterne 1981. It
// gives the share that leaves and the mean wait of all; stays is the chance that
// patience exceeds x, and longest a time after which no one waits.
func impatient(c int, lambda, mu float64, stays func(x float64) float64, longest float64) (lost, wait float64) {
	const steps = 200_000
	h := longest / steps
	var patience, j, jh float64 // integrals from 0 to x
	for i := range steps {
		x := (float64(i) + 0.5) * h
		middle := patience + stays(x-h/4)*h/2
		density := math.Exp(lambda*middle - float64(c)*mu*x)
		j += density * h
		jh += middle * density * h
		patience += stays(x) * h
	}
	epsilon, term := 0.0, 1.0
	for k := c - 1; k >= 0; k-- { // sum of (a^k/k!) / (a^(c-1)/(c-1)!)
		epsilon += term
		term *= float64(k) / (lambda / mu)
	}
	all := epsilon + lambda*j
	return (1 + (lambda-float64(c)*mu)*j) / all, lambda * jh / all
}

// waitCobham are the mean waits of priority classes that do not interrupt, the
// first goes first: Cobham 1954. residual is what a newcomer finds of the work
// under way: the sum of lambda_i E[S_i^2] / 2, or erlangC/(c mu) for M/M/c.
func waitCobham(residual float64, loads ...float64) (waits []float64) {
	before := 0.0
	for _, load := range loads {
		waits = append(waits, residual/((1-before)*(1-before-load)))
		before += load
	}
	return waits
}

// stayForkJoin is the mean time until both of two M/M/1 queues have answered the
// same requests: Nelson and Tantawi 1988, after Flatto and Hahn 1984.
func stayForkJoin(lambda, mu float64) float64 { return (12 - lambda/mu) / 8 / (mu - lambda) }

// staySupermarket is the mean stay, in service times, when each request asks
// the shortest of d queues drawn at random of very many: Mitzenmacher 1996;
// Vvedenskaya, Dobrushin and Karpelevich 1996.
func staySupermarket(d int, load float64) (stay float64) {
	for i := 1; ; i++ {
		term := math.Pow(load, (math.Pow(float64(d), float64(i))-float64(d))/float64(d-1))
		if stay += term; term < 1e-12 {
			return stay
		}
	}
}

// harmonic is the mean of the greatest of n unit exponentials: Renyi 1953.
func harmonic(n int) (sum float64) {
	for k := 1; k <= n; k++ {
		sum += 1 / float64(k)
	}
	return sum
}

// boundedPareto are the first two moments of Pareto's law between low and high.
func boundedPareto(low, high, alpha float64) (m1, m2 float64) {
	moment := func(k float64) float64 {
		norm := 1 - math.Pow(low/high, alpha)
		return math.Pow(low, k) / norm * alpha / (alpha - k) * (1 - math.Pow(low/high, alpha-k))
	}
	return moment(1), moment(2)
}

// attempts is the mean number of tries when each fails with chance p and n more
// follow the first: a geometric series cut short.
func attempts(p float64, n int) float64 { return (1 - math.Pow(p, float64(n+1))) / (1 - p) }
