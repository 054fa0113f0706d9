/* The mesh chain in SimGrid S4U: one actor for each request that sleeps its
 * way through, semaphores for the services' workers. A proxy's threads take
 * messages in order at a constant cost, so that the moment at which a message
 * leaves is known when it comes: one sleep, as in all other peers.
 *
 * usage: chain_simgrid REQUESTS SEED [SimGrid's own flags] */
#include "chain.h"
#include <simgrid/s4u.hpp>

namespace sg4 = simgrid::s4u;

static sg4::SemaphorePtr services[HOPS];
static int64_t freeAt[HOPS + 1][PROXY_WORKERS];
static sg4::Host *host;

static double drawn(double mean_ns) { return (double)exponential(mean_ns) * 1e-9; }

static void through(int proxy) {
    int64_t now = (int64_t)(sg4::Engine::get_clock() * 1e9 + 0.5), *f = freeAt[proxy];
    int w = f[1] < f[0];
    f[w] = std::max(f[w], now) + PROXY;
    sg4::this_actor::sleep_until((double)f[w] * 1e-9);
}

static void call(int hop) {
    through(hop);
    sg4::this_actor::sleep_for((double)LINK * 1e-9);
    through(hop + 1);
    services[hop]->acquire();
    sg4::this_actor::sleep_for(drawn(WORK_MEAN[hop]));
    if (hop < HOPS - 1) call(hop + 1);
    services[hop]->release();
    through(hop + 1);
    sg4::this_actor::sleep_for((double)LINK * 1e-9);
    through(hop);
}

static void request() {
    double begun = sg4::Engine::get_clock();
    call(0);
    record((int64_t)((sg4::Engine::get_clock() - begun) * 1e9 + 0.5));
}

static void clients(uint64_t requests) {
    for (uint64_t i = 0; i < requests; i++) {
        sg4::this_actor::sleep_for(drawn(GAP));
        sg4::Actor::create("request", host, request);
    }
}

int main(int argc, char **argv) {
    sg4::Engine engine(&argc, argv);
    /* small stacks without guard pages: making an actor is then cheap */
    sg4::Engine::set_config("contexts/stack-size:64");
    sg4::Engine::set_config("contexts/guard-size:0");
    random_seed(strtoull(argv[2], 0, 10));
    auto *zone = sg4::create_full_zone("mesh");
    host = zone->create_host("host", 1e9);
    zone->seal();
    for (int i = 0; i < HOPS; i++) services[i] = sg4::Semaphore::create(WORKERS[i]);
    sg4::Actor::create("clients", host, clients, strtoull(argv[1], 0, 10));
    double start = cpu_seconds();
    engine.run();
    report(22 * recorded, cpu_seconds() - start);
}
