/* One TCP transfer of ns-3 over a point-to-point link.
 *
 * usage: transfer_ns3 CONTROL BYTES RATE_BPS DELAY_NS QUEUE_PACKETS LOSS SEED
 * prints the seconds until the last byte has arrived */
#include <cstdlib>
#include <ns3/applications-module.h>
#include <ns3/core-module.h>
#include <ns3/internet-module.h>
#include <ns3/network-module.h>
#include <ns3/point-to-point-module.h>
#include <ns3/traffic-control-module.h>

using namespace ns3;

static uint64_t left;
static void Received(Ptr<const Packet> packet, const Address &) {
    left -= std::min<uint64_t>(left, packet->GetSize());
    if (!left) Simulator::Stop();
}

int main(int argc, char **argv) {
    if (argc != 8) return 2;
    left = strtoull(argv[2], nullptr, 10);
    RngSeedManager::SetSeed(1);
    RngSeedManager::SetRun(strtoul(argv[7], nullptr, 10));
    Config::SetDefault("ns3::TcpL4Protocol::SocketType", StringValue(std::string("ns3::Tcp") + argv[1]));
    Config::SetDefault("ns3::TcpSocket::SegmentSize", UintegerValue(1448));
    Config::SetDefault("ns3::TcpSocket::InitialCwnd", UintegerValue(10));
    Config::SetDefault("ns3::TcpSocket::SndBufSize", UintegerValue(6 << 20));
    Config::SetDefault("ns3::TcpSocket::RcvBufSize", UintegerValue(6 << 20));
    Config::SetDefault("ns3::TcpSocket::DelAckTimeout", TimeValue(MilliSeconds(40)));
    Config::SetDefault("ns3::TcpSocketBase::MinRto", TimeValue(MilliSeconds(200)));
    /* the timeout is the round trip and max(G, 4 * variation) */
    Config::SetDefault("ns3::TcpSocketBase::ClockGranularity", TimeValue(MilliSeconds(200)));

    NodeContainer nodes;
    nodes.Create(2);
    PointToPointHelper link;
    link.SetDeviceAttribute("DataRate", DataRateValue(DataRate(strtoull(argv[3], nullptr, 10))));
    link.SetDeviceAttribute("Mtu", UintegerValue(1500));
    link.SetChannelAttribute("Delay", TimeValue(NanoSeconds(strtoll(argv[4], nullptr, 10))));
    link.SetQueue("ns3::DropTailQueue", "MaxSize", QueueSizeValue(QueueSize(QueueSizeUnit::PACKETS, atoi(argv[5]))));
    NetDeviceContainer devices = link.Install(nodes);
    if (atof(argv[6]) > 0) {
        Ptr<RateErrorModel> loss = CreateObject<RateErrorModel>();
        loss->SetUnit(RateErrorModel::ERROR_UNIT_PACKET);
        loss->SetRate(atof(argv[6]));
        devices.Get(1)->SetAttribute("ReceiveErrorModel", PointerValue(loss));
    }
    InternetStackHelper().Install(nodes);
    Ipv4AddressHelper addresses("10.0.0.0", "255.255.255.0");
    Ipv4InterfaceContainer interfaces = addresses.Assign(devices);
    TrafficControlHelper().Uninstall(devices); /* the queue of the device is the only one */

    PacketSinkHelper sink("ns3::TcpSocketFactory", InetSocketAddress(Ipv4Address::GetAny(), 9));
    ApplicationContainer server = sink.Install(nodes.Get(1));
    server.Get(0)->TraceConnectWithoutContext("Rx", MakeCallback(&Received));
    BulkSendHelper bulk("ns3::TcpSocketFactory", InetSocketAddress(interfaces.GetAddress(1), 9));
    bulk.SetAttribute("MaxBytes", UintegerValue(left));
    bulk.SetAttribute("SendSize", UintegerValue(1448));
    ApplicationContainer client = bulk.Install(nodes.Get(0));
    server.Start(Seconds(0));
    client.Start(Seconds(0));
    Simulator::Stop(Seconds(3600));
    Simulator::Run();
    printf("%.9f\n", Simulator::Now().GetSeconds());
    Simulator::Destroy();
    return 0;
}
