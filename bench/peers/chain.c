/* The mesh chain as a bare C loop: a binary heap and a switch.
 *
 *   clients -> [proxy] -> link -> [proxy] frontend -> ... backend -> ... db
 *
 * usage: chain REQUESTS SEED */
#include "chain.h"

enum kind { ARRIVAL, SENT, REACHED, ENTERED, WORKED, LEFT, RETURNED, ANSWERED };

struct event {
    int64_t at;
    uint32_t sequence;
    uint32_t what; /* request << 5 | hop << 3 | kind */
};

static struct event heap[1 << 20];
static uint32_t waiting, sequence;
static int64_t now;

static inline int before(struct event a, struct event b) {
    return a.at < b.at || (a.at == b.at && a.sequence < b.sequence);
}

static inline void schedule(int64_t at, enum kind kind, int hop, uint32_t request) {
    struct event e = {at, sequence++, request << 5 | (uint32_t)hop << 3 | kind};
    uint32_t i = ++waiting; /* the root is heap[1] */
    for (; i > 1 && before(e, heap[i / 2]); i /= 2) heap[i] = heap[i / 2];
    heap[i] = e;
}

static inline struct event next_event(void) {
    struct event first = heap[1], e = heap[waiting--];
    uint32_t i = 1, child = 2;
    for (; child <= waiting; i = child, child *= 2) {
        child += child < waiting && before(heap[child + 1], heap[child]);
        if (!before(heap[child], e)) break;
        heap[i] = heap[child];
    }
    heap[i] = e;
    return first;
}

/* A request, from the first proxy to the last. Free ones are linked. */
static struct request {
    int64_t begun;
    uint32_t next; /* in a line, or free */
} requests[1 << 20];
static uint32_t free_request, used_requests = 1;

static uint32_t begin_request(void) {
    uint32_t r = free_request;
    if (r) free_request = requests[r].next;
    else r = used_requests++;
    requests[r].begun = now;
    return r;
}

static void end_request(uint32_t r) {
    record(now - requests[r].begun);
    requests[r].next = free_request;
    free_request = r;
}

/* A proxy is a few worker threads that take messages in order; the one that is
 * free first takes the next. proxies[0] is the clients', the others stand
 * before frontend, backend and db. */
static int64_t free_at[HOPS + 1][PROXY_WORKERS];

static inline int64_t through(int proxy) {
    int64_t *f = free_at[proxy];
    int w = f[1] < f[0];
    f[w] = (f[w] > now ? f[w] : now) + PROXY;
    return f[w];
}

/* A service is a number of workers and a line before them. */
static struct service {
    int idle;
    uint32_t head, tail;
} services[HOPS];

static inline void work(int hop, uint32_t request) {
    schedule(now + exponential(WORK_MEAN[hop]), WORKED, hop, request);
}

static inline void enter(int hop, uint32_t request) {
    struct service *s = &services[hop];
    if (s->idle) {
        s->idle--;
        work(hop, request);
        return;
    }
    requests[request].next = 0;
    if (s->head) requests[s->tail].next = request;
    else s->head = request;
    s->tail = request;
}

static inline void answer(int hop, uint32_t request) {
    struct service *s = &services[hop];
    if (s->head) {
        uint32_t first = s->head;
        s->head = requests[first].next;
        work(hop, first);
    } else {
        s->idle++;
    }
    schedule(through(hop + 1), LEFT, hop, request);
}

int main(int argc, char **argv) {
    uint64_t left = argc > 1 ? strtoull(argv[1], 0, 10) : 1000000, events = 0;
    random_seed(argc > 2 ? strtoull(argv[2], 0, 10) : 1);
    for (int h = 0; h < HOPS; h++) services[h].idle = WORKERS[h];
    double start = cpu_seconds();
    schedule(exponential(GAP), ARRIVAL, 0, 0);
    for (; waiting; events++) {
        struct event e = next_event();
        now = e.at;
        int hop = e.what >> 3 & 3;
        uint32_t request = e.what >> 5;
        switch ((enum kind)(e.what & 7)) {
        case ARRIVAL:
            schedule(through(0), SENT, 0, begin_request());
            if (--left) schedule(now + exponential(GAP), ARRIVAL, 0, 0);
            break;
        case SENT: schedule(now + LINK, REACHED, hop, request); break;
        case REACHED: schedule(through(hop + 1), ENTERED, hop, request); break;
        case ENTERED: enter(hop, request); break;
        case WORKED:
            if (hop < HOPS - 1) schedule(through(hop + 1), SENT, hop + 1, request);
            else answer(hop, request);
            break;
        case LEFT: schedule(now + LINK, RETURNED, hop, request); break;
        case RETURNED: schedule(through(hop), ANSWERED, hop, request); break;
        case ANSWERED:
            if (hop > 0) answer(hop - 1, request);
            else end_request(request);
            break;
        }
    }
    report(events, cpu_seconds() - start);
}
