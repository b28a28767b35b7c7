#pragma once
// What a controller must put up with while it keeps a house safe, each as bad as the specification
// says. Every one lasts from its constructor to its destructor.
#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "bench/house/child_process.hpp"
#include "bench/house/running_house.hpp"

namespace bitgrid::bench {

/// Sensor messages of 60 bytes, so many a second, from one client.
class MessageFlood {
public:
    MessageFlood(std::uint16_t broker_port, int per_second);
    ~MessageFlood();
    MessageFlood(const MessageFlood&) = delete;
    MessageFlood& operator=(const MessageFlood&) = delete;

    static const char* topic() { return "flood/house"; }

private:
    std::atomic<bool> is_over_{false};
    std::thread thread_;
};

/// Processes that want the processor and nothing else, so many for each core.
class BusyCores {
public:
    explicit BusyCores(int for_each_core);
    ~BusyCores();
    BusyCores(const BusyCores&) = delete;
    BusyCores& operator=(const BusyCores&) = delete;

private:
    std::vector<pid_t> processes_;
};

/// Connections that ask for the state, each again as soon as it is answered.
class ApiStorm {
public:
    ApiStorm(std::uint16_t api_port, int connections);
    ~ApiStorm();
    ApiStorm(const ApiStorm&) = delete;
    ApiStorm& operator=(const ApiStorm&) = delete;

private:
    std::atomic<bool> is_over_{false};
    std::vector<std::thread> threads_;
};

/// A disk whose flushes take one to five seconds while the gate is closed; an open gate lets go of
/// the one under way. The daemon must run with environment().
class SlowDisk {
public:
    explicit SlowDisk(const std::string& folder);
    ~SlowDisk();
    SlowDisk(const SlowDisk&) = delete;
    SlowDisk& operator=(const SlowDisk&) = delete;

    std::vector<std::string> environment() const;
    void close_gate();
    void open_gate();
    /// Flushes that began while the gate was closed.
    std::uint32_t held() const;

private:
    std::string file_;
    struct Gate* gate_;
};

}  // namespace bitgrid::bench
