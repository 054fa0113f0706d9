/* The mesh chain on the scheduler of ns-3: Simulator::Schedule with member
 * functions, requests passed by pointer.
 *
 * usage: chain_ns3 SCHEDULER REQUESTS SEED (ns3::MapScheduler and so on) */
#include "chain.h"
#include <deque>
#include <ns3/core-module.h>
#include <vector>

using namespace ns3;

struct Request {
    int64_t begun;
};

class Chain {
public:
    explicit Chain(uint64_t requests) : left(requests) {
        for (int h = 0; h < HOPS; h++) services[h].idle = WORKERS[h];
        Simulator::Schedule(NanoSeconds(exponential(GAP)), &Chain::Arrive, this);
    }
    uint64_t events = 0;

private:
    struct Proxy {
        int64_t freeAt[PROXY_WORKERS] = {};
    };
    struct Service {
        int idle;
        std::deque<Request *> line;
    };
    typedef void (Chain::*Step)(int hop, Request *request);

    uint64_t left;
    Proxy proxies[HOPS + 1];
    Service services[HOPS];
    std::vector<Request *> freeRequests;

    void After(int64_t ns, Step step, int hop, Request *request) {
        Simulator::Schedule(NanoSeconds(ns), step, this, hop, request);
    }

    /* Through takes a thread of the proxy, the one that is free first. */
    void Through(int proxy, Step step, int hop, Request *request) {
        int64_t now = Simulator::Now().GetNanoSeconds(), *f = proxies[proxy].freeAt;
        int w = f[1] < f[0];
        f[w] = std::max(f[w], now) + PROXY;
        After(f[w] - now, step, hop, request);
    }

    void Arrive() {
        events++;
        Request *request = Begin();
        Through(0, &Chain::Sent, 0, request);
        if (--left) Simulator::Schedule(NanoSeconds(exponential(GAP)), &Chain::Arrive, this);
    }
    void Sent(int hop, Request *request) {
        events++;
        After(LINK, &Chain::Reached, hop, request);
    }
    void Reached(int hop, Request *request) {
        events++;
        Through(hop + 1, &Chain::Entered, hop, request);
    }
    void Entered(int hop, Request *request) {
        events++;
        Service &s = services[hop];
        if (s.idle == 0) {
            s.line.push_back(request);
            return;
        }
        s.idle--;
        Work(hop, request);
    }
    void Work(int hop, Request *request) {
        After(exponential(WORK_MEAN[hop]), &Chain::Worked, hop, request);
    }
    void Worked(int hop, Request *request) {
        events++;
        if (hop < HOPS - 1) Through(hop + 1, &Chain::Sent, hop + 1, request);
        else Answer(hop, request);
    }
    void Answer(int hop, Request *request) {
        Service &s = services[hop];
        if (s.line.empty()) {
            s.idle++;
        } else {
            Work(hop, s.line.front());
            s.line.pop_front();
        }
        Through(hop + 1, &Chain::Left, hop, request);
    }
    void Left(int hop, Request *request) {
        events++;
        After(LINK, &Chain::Returned, hop, request);
    }
    void Returned(int hop, Request *request) {
        events++;
        Through(hop, &Chain::Answered, hop, request);
    }
    void Answered(int hop, Request *request) {
        events++;
        if (hop > 0) Answer(hop - 1, request);
        else End(request);
    }
    Request *Begin() {
        Request *request;
        if (freeRequests.empty()) {
            request = new Request;
        } else {
            request = freeRequests.back();
            freeRequests.pop_back();
        }
        request->begun = Simulator::Now().GetNanoSeconds();
        return request;
    }
    void End(Request *request) {
        record(Simulator::Now().GetNanoSeconds() - request->begun);
        freeRequests.push_back(request);
    }
};

int main(int, char **argv) {
    random_seed(strtoull(argv[3], 0, 10));
    ObjectFactory factory;
    factory.SetTypeId(argv[1]);
    Simulator::SetScheduler(factory);
    Chain chain(strtoull(argv[2], 0, 10));
    double start = cpu_seconds();
    Simulator::Run();
    report(chain.events, cpu_seconds() - start);
    Simulator::Destroy();
}
