"""The mesh chain in SimPy: one process for each request, resources for the
services' workers. A proxy's threads take messages in order at a constant cost,
so that the moment at which a message leaves is known when it comes: one
timeout, as in all other peers.

usage: chain_simpy.py REQUESTS SEED"""
import json
import math
import random
import sys
import time

import simpy

PROXY, LINK = 50e-6, 250e-6  # seconds
RATE = 400.0
WORK_MEAN = (2e-3, 1.5e-3, 7e-3)  # frontend, backend, db
WORKERS = (8, 8, 4)
PROXY_WORKERS = 2


class Chain:
    def __init__(self, requests, seed):
        self.env = simpy.Environment()
        self.random = random.Random(seed)
        self.proxies = [[0.0] * PROXY_WORKERS for _ in range(4)]
        self.services = [simpy.Resource(self.env, n) for n in WORKERS]
        self.latencies = []
        self.env.process(self.clients(requests))

    def clients(self, requests):
        env, gap = self.env, self.random.expovariate
        for _ in range(requests):
            yield env.timeout(gap(RATE))
            env.process(self.request())

    def request(self):
        begun = self.env.now
        yield from self.call(0)
        self.latencies.append(self.env.now - begun)

    def through(self, threads):
        """The thread that is free first takes the message."""
        now = self.env.now
        first = 0 if threads[0] <= threads[1] else 1
        leave = max(threads[first], now) + PROXY
        threads[first] = leave
        return self.env.timeout(leave - now)

    def call(self, hop):
        env, near, far = self.env, self.proxies[hop], self.proxies[hop + 1]
        yield self.through(near)
        yield env.timeout(LINK)
        yield self.through(far)
        with self.services[hop].request() as worker:
            yield worker
            yield env.timeout(self.random.expovariate(1 / WORK_MEAN[hop]))
            if hop < 2:
                yield from self.call(hop + 1)
        yield self.through(far)
        yield env.timeout(LINK)
        yield self.through(near)


def main():
    requests, seed = int(sys.argv[1]), int(sys.argv[2])
    chain = Chain(requests, seed)
    start = time.process_time()
    chain.env.run()
    seconds = time.process_time() - start
    latencies = sorted(chain.latencies)
    print(json.dumps({
        "requests": len(latencies), "events": 22 * len(latencies), "seconds": seconds,
        "mean_ms": 1e3 * math.fsum(latencies) / len(latencies),
        "p99_ms": 1e3 * latencies[int(0.99 * len(latencies))]}))


if __name__ == "__main__":
    main()
