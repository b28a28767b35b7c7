#pragma once
// Modbus/TCP on loopback for the simulated plant: many clients, one request of each at a time.
// Shows the inverter's faults: a cut or hanging line, exceptions, short frames, foreign transaction
// ids. Engine thread only; io_context and house must outlive it.
#include <memory>
#include <vector>

#include "sim/listener.hpp"
#include "sim/sunspec/plant.hpp"

namespace bitgrid::sim {

class ModbusServer {
public:
    ModbusServer(boost::asio::io_context&, House&);
    ~ModbusServer() { stop(); }

    core::Result<void> start(std::uint16_t port) { return listener_.start(port); }
    void stop();
    std::uint16_t port() const { return listener_.port(); }

private:
    class Session;
    void take(boost::asio::ip::tcp::socket);

    House& house_;
    SunSpecPlant plant_;
    Listener listener_;
    std::vector<std::weak_ptr<Session>> sessions_;
};

}  // namespace bitgrid::sim
