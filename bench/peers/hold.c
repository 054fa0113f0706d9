/* The hold model as a bare C loop: so many events wait, each schedules one more
 * at now + Exp(1 s). Times are whole nanoseconds, the waits are drawn
 * beforehand, equal times may leave in any order.
 *
 * usage: hold heap|ladder WAITING EVENTS */
#include "chain.h"

enum { DRAWN = 1 << 16 };
static int64_t drawn[DRAWN];
static uint32_t draws;

static inline int64_t drawn_wait(void) { return drawn[draws++ % DRAWN]; }

/* The heap: 4-ary, of values. */
struct entry {
    int64_t at;
    uint64_t id;
};

static struct entry *heap;
static size_t size;

static inline void heap_push(struct entry e) {
    size_t i = size++;
    for (; i > 0 && e.at < heap[(i - 1) / 4].at; i = (i - 1) / 4) heap[i] = heap[(i - 1) / 4];
    heap[i] = e;
}

static inline struct entry heap_pop(void) {
    struct entry first = heap[0], e = heap[--size];
    size_t i = 0, child = 1;
    for (; child < size; i = child, child = 4 * i + 1) {
        size_t end = child + 4 < size ? child + 4 : size;
        for (size_t c = child + 1; c < end; c++)
            if (heap[c].at < heap[child].at) child = c;
        if (e.at <= heap[child].at) break;
        heap[i] = heap[child];
    }
    heap[i] = e;
    return first;
}

static int64_t hold_heap(uint64_t events) {
    int64_t now = 0;
    for (; events > 0; events--) {
        struct entry e = heap_pop();
        now = e.at;
        e.at += drawn_wait();
        heap_push(e);
    }
    return now;
}

/* The ladder (Tang, Goh and Thng 2005): an unsorted top, rungs of buckets, a
 * sorted bottom. A bucket is a list of chunks of values, which the caches like
 * better than a list of events; bucket widths are powers of two. */
enum { CHUNK = 15, WIDEST = 1024, THRESHOLD = 32, RUNGS = 8, BOTTOM = 1 << 12 };

struct chunk {
    uint32_t next, n;
    struct entry entries[CHUNK];
};

struct rung {
    int64_t start; /* of the first bucket */
    int shift;
    uint32_t current, buckets; /* buckets before current are used up */
    uint32_t head[WIDEST];
};

static struct chunk *chunks; /* chunks[0] ends a list */
static uint32_t free_chunk;
static struct rung rungs[RUNGS];
static int depth;
static uint32_t top;
static int64_t top_start, top_least = INT64_MAX, top_most;
static struct entry bottom[BOTTOM];
static int bottom_first, bottom_end;

static inline void to_bottom(struct entry e) {
    int i = bottom_end++;
    for (; i > bottom_first && bottom[i - 1].at > e.at; i--) bottom[i] = bottom[i - 1];
    bottom[i] = e;
}

static inline void to_list(uint32_t *head, struct entry e) {
    struct chunk *c = &chunks[*head];
    if (*head == 0 || c->n == CHUNK) {
        uint32_t i = free_chunk;
        c = &chunks[i];
        free_chunk = c->next;
        c->next = *head;
        c->n = 0;
        *head = i;
    }
    c->entries[c->n++] = e;
}

static inline uint32_t free_and_next(uint32_t i) {
    uint32_t next = chunks[i].next;
    chunks[i].next = free_chunk;
    free_chunk = i;
    return next;
}

static inline void to_bucket(struct rung *r, struct entry e) {
    to_list(&r->head[(e.at - r->start) >> r->shift], e);
}

static inline int64_t current_start(const struct rung *r) {
    return r->start + ((int64_t)r->current << r->shift);
}

static inline void ladder_push(struct entry e) {
    if (e.at >= top_start) {
        to_list(&top, e);
        if (e.at < top_least) top_least = e.at;
        if (e.at > top_most) top_most = e.at;
        return;
    }
    for (int d = 0; d < depth; d++)
        if (e.at >= current_start(&rungs[d])) {
            to_bucket(&rungs[d], e);
            return;
        }
    to_bottom(e);
}

static uint32_t length(uint32_t list) {
    uint32_t n = 0;
    for (; list; list = chunks[list].next) n += chunks[list].n;
    return n;
}

/* spread makes a rung of about so many buckets for the events of a list, which
 * lie in span ns from start on. */
static void spread(uint32_t list, uint32_t buckets, int64_t start, int64_t span) {
    struct rung *r = &rungs[depth++];
    if (buckets > WIDEST) buckets = WIDEST;
    r->start = start;
    r->current = 0;
    for (r->shift = 0; span >> r->shift >= buckets;) r->shift++;
    r->buckets = (uint32_t)(span >> r->shift) + 1;
    for (; list; list = free_and_next(list))
        for (uint32_t i = 0; i < chunks[list].n; i++) to_bucket(r, chunks[list].entries[i]);
}

static void spread_top(void) {
    uint32_t list = top;
    int64_t least = top_least, most = top_most;
    top = 0;
    top_least = INT64_MAX;
    top_start = most + 1;
    top_most = 0;
    spread(list, length(list), least, most - least);
}

/* refill sorts the next bucket into the empty bottom. */
static void refill(void) {
    bottom_first = bottom_end = 0;
    for (;;) {
        if (depth == 0) spread_top();
        struct rung *r = &rungs[depth - 1];
        while (r->current < r->buckets && r->head[r->current] == 0) r->current++;
        if (r->current == r->buckets) {
            depth--;
            continue;
        }
        int64_t start = current_start(r);
        uint32_t list = r->head[r->current], n = length(list);
        r->head[r->current++] = 0;
        if (n > THRESHOLD && depth < RUNGS && r->shift > 0) {
            spread(list, n / 4, start, ((int64_t)1 << r->shift) - 1);
            continue;
        }
        for (; list; list = free_and_next(list))
            for (uint32_t i = 0; i < chunks[list].n; i++) to_bottom(chunks[list].entries[i]);
        return;
    }
}

static int64_t hold_ladder(uint64_t events) {
    int64_t now = 0;
    for (; events > 0; events--) {
        if (bottom_first == bottom_end) refill();
        struct entry e = bottom[bottom_first++];
        now = e.at;
        e.at += drawn_wait();
        ladder_push(e);
    }
    return now;
}

static void *zeroes(size_t n, size_t size) {
    void *p = calloc(n, size);
    if (!p) exit(1);
    return p;
}

int main(int argc, char **argv) {
    if (argc < 4) return 2;
    int ladder = !strcmp(argv[1], "ladder");
    uint32_t waiting = (uint32_t)atol(argv[2]);
    uint64_t events = strtoull(argv[3], 0, 10);
    random_seed(1);
    for (int i = 0; i < DRAWN; i++) drawn[i] = exponential(1e9);
    heap = zeroes(waiting + 1, sizeof *heap);
    uint32_t enough = 2 * waiting / CHUNK + 2 * RUNGS * WIDEST;
    chunks = zeroes(enough + 1, sizeof *chunks);
    for (uint32_t i = enough; i > 0; i--) chunks[i].next = free_chunk, free_chunk = i;
    for (uint32_t i = 1; i <= waiting; i++) {
        struct entry e = {drawn_wait(), i};
        if (ladder) ladder_push(e);
        else heap_push(e);
    }
    int64_t (*hold)(uint64_t) = ladder ? hold_ladder : hold_heap;
    hold(3 * (uint64_t)waiting); /* into the steady state */
    double start = cpu_seconds();
    int64_t now = hold(events);
    printf("{\"events\": %llu, \"seconds\": %.6f, \"now\": %lld}\n", (unsigned long long)events,
           cpu_seconds() - start, (long long)now);
}
