#pragma once
// A house to measure in: the real daemon, the simulated house, a Mosquitto of its own, a data
// folder on the disk of this tree; each a process of its own on sockets of loopback.
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "app/private_broker.hpp"
#include "bench/house/child_process.hpp"
#include "bench/house/http_peer.hpp"

namespace bitgrid::bench {

struct HouseSetup {
    /// Who the three loads are: the simulated Avalon, Bitaxe and heating rod; or plugs by MQTT
    /// (`load0` to `load2`), whose part the caller plays.
    enum class Loads : std::uint8_t { Simulated, Plugs };

    Loads loads{Loads::Simulated};
    bool is_simulated{true};  ///< false: no inverter either, only what the caller sends
    double speed{1};          ///< of the house's time; 1: real time
    int block_minutes{10};
    double poll_s{0};                        ///< of the house's time; 0: the devices' own rhythm
    std::string rules;                       ///< more lines of rules.yaml
    std::string sensors;                     ///< mqtt_sensors.yaml
    std::string data;                        ///< a folder that exists; empty: a fresh one
    std::string mqtt;                        ///< more lines of mqtt.yaml
    std::uint16_t api_port{0};               ///< 0: any
    std::vector<std::string> environment{};  ///< of the daemon, `NAME=value`
};

/// One thread. Whatever does not come up is an exception that names its log; then the folder with
/// the logs stays, else it goes with the house.
class RunningHouse {
public:
    explicit RunningHouse(HouseSetup);
    ~RunningHouse();
    RunningHouse(const RunningHouse&) = delete;
    RunningHouse& operator=(const RunningHouse&) = delete;

    /// Until the first block was decided; `meanwhile` is called again and again; it may wait for
    /// some milliseconds.
    void wait_until_ready(const std::function<void()>& meanwhile = breathe);

    ChildProcess& daemon() { return *daemon_; }
    std::uint16_t api_port() const { return api_port_; }
    std::uint16_t broker_port() const { return broker_->port(); }
    const std::string& folder() const { return folder_; }
    /// A number of /metrics.
    double metric(const std::string& name);
    /// When the house's clock shows this time, Unix ms; for a house of its own time.
    std::chrono::system_clock::time_point real_time_of(std::int64_t wall_ms) const;

    /// Begins the daemon anew; meet_daemon() waits until it says that it is there.
    void launch_daemon();
    void meet_daemon();
    int end_daemon() { return daemon_->end(); }

private:
    static void breathe();
    void write_configuration(const std::string& ports_of_simulation) const;
    std::vector<std::string> times() const;
    void start_simulation();

    HouseSetup setup_;
    std::string folder_;
    std::int64_t start_real_ms_{0};
    std::unique_ptr<app::PrivateBroker> broker_;
    std::unique_ptr<ChildProcess> simulation_;
    std::unique_ptr<ChildProcess> daemon_;
    std::uint16_t api_port_{0};
};

}  // namespace bitgrid::bench
