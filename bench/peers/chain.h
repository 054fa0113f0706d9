/* What the C and C++ peers of the mesh chain share: its figures, a random
 * number generator, and a histogram of latencies. The same figures stand in
 * bench/chain/chain.go, chain_simpy.py and bench/chain/mesh-chain.yaml. */
#ifndef CHAIN_H
#define CHAIN_H
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { HOPS = 3, PROXY_WORKERS = 2 };

static const int64_t MS = 1000000, US = 1000;
static const int64_t PROXY = 50000, LINK = 250000;            /* ns */
static const double GAP = 2.5e6;                              /* mean ns between arrivals: 400/s */
static const double WORK_MEAN[HOPS] = {2e6, 1.5e6, 7e6};      /* frontend, backend, db */
static const int WORKERS[HOPS] = {8, 8, 4};

/* xoshiro256++ of Blackman and Vigna, seeded by splitmix64. */
static uint64_t random_state[4];

static inline uint64_t rotl(uint64_t x, int k) { return x << k | x >> (64 - k); }

static inline uint64_t random_next(void) {
    uint64_t *s = random_state, result = rotl(s[0] + s[3], 23) + s[0], t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotl(s[3], 45);
    return result;
}

static inline void random_seed(uint64_t seed) {
    for (int i = 0; i < 4; i++) {
        uint64_t z = seed += 0x9E3779B97F4A7C15;
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
        z = (z ^ z >> 27) * 0x94D049BB133111EB;
        random_state[i] = z ^ z >> 31;
    }
}

/* exponential draws whole nanoseconds with the given mean. */
static inline int64_t exponential(double mean) {
    double u = ((double)(random_next() >> 11) + 0.5) * 0x1p-53;
    return (int64_t)(-log(u) * mean + 0.5);
}

/* histogram keeps 11 significant bits of a latency, as HdrHistogram does with
 * three digits. */
enum { SUB_BITS = 11, SUB = 1 << SUB_BITS };
static uint64_t histogram[(64 - SUB_BITS + 1) * SUB];
static uint64_t recorded;
static double recorded_sum;

static inline void record(int64_t ns) {
    int shift = 63 - __builtin_clzll((uint64_t)ns | SUB) - SUB_BITS;
    histogram[((uint64_t)shift << SUB_BITS) + ((uint64_t)ns >> shift)]++;
    recorded++;
    recorded_sum += (double)ns;
}

static double quantile_ns(double p) {
    uint64_t left = (uint64_t)(p * (double)recorded);
    for (uint64_t i = 0; i < sizeof histogram / sizeof *histogram; i++) {
        if (histogram[i] > left) {
            uint64_t shift = i < 2 * SUB ? 0 : (i >> SUB_BITS) - 1;
            return (double)((i - (shift << SUB_BITS)) << shift);
        }
        left -= histogram[i];
    }
    return 0;
}

/* seconds is CPU time: another program on the machine does not count. */
static inline double cpu_seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* report prints the one line that the table is made of. */
static inline void report(uint64_t events, double took) {
    printf("{\"requests\": %llu, \"events\": %llu, \"seconds\": %.6f, \"mean_ms\": %.6f, \"p99_ms\": %.6f}\n",
           (unsigned long long)recorded, (unsigned long long)events, took,
           recorded_sum / (double)recorded * 1e-6, quantile_ns(0.99) * 1e-6);
}
#endif
