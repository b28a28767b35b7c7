#pragma once
// A whole home for one case: the real daemon, a real broker, the simulated house, each a process of
// its own, on one accelerated time; and, where a case wants it, bad lines between them.
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "faults/harness/child.hpp"
#include "faults/harness/mqtt_peer.hpp"
#include "faults/harness/shims.hpp"
#include "faults/harness/talk.hpp"
#include "faults/proxy/fault_proxy.hpp"
#include "ops/scratch_folder.hpp"

namespace bitgrid::faults {

using nlohmann::json;

struct HomeWish {
    double speed{20};                           ///< seconds of the house in a real one
    std::string start{"2024-05-21T11:00:00Z"};  ///< 4 kW of sun
    int start_soc_pct{85};
    bool has_broker{false};
    bool meter_by_mqtt{false};  ///< the grid's power comes from the broker, not over Modbus
    bool has_no_meter{false};   ///< nor from anywhere else than what the case adds
    bool has_bitaxe{false};
    bool has_guard{false};  ///< a second process, see start_guard()
    /// The daemon lives by the system's clock, as at people's homes, at speed 1; see jump_clock().
    /// Of the start only the time of day holds then.
    bool on_system_clock{false};
    std::int64_t clock_is_wrong_ms{0};  ///< from the start, on the system's clock
    bool has_bad_disk{false};           ///< see disk()
    std::string broker_lines{};         ///< further lines of mosquitto.conf
    /// Further YAML, by file: appended to what we write.
    std::map<std::string, std::string> more{};
    /// YAML by file, instead of what we write.
    std::map<std::string, std::string> own{};
    /// Lines that go through a proxy: mqtt, inverter, miner, plug, rod, market.
    std::vector<std::string> bad_lines{};
    std::vector<std::string> before_daemon{};  ///< e.g. prlimit --nofile=64
    Environment daemon_environment{};
};

/// Blocks of a minute, no pauses between changes: what takes an hour in life takes minutes here.
/// Throws where a part cannot be started. One thread.
class Home {
public:
    explicit Home(HomeWish = {});
    ~Home();
    Home(const Home&) = delete;
    Home& operator=(const Home&) = delete;

    // The house itself.
    json truth() const;
    double house_s() const;  ///< its time, seconds since 1970
    void order(const std::string& what) const;
    double power_w(const std::string& load) const;  ///< what it truly draws
    bool is_on(const std::string& load) const;      ///< more than it draws in standby

    // The controller.
    json state() const;  ///< null where it does not answer
    json load(const std::string& id) const;
    /// Status and reason of a part of health, `ok` where it has none.
    std::pair<std::string, std::string> health(const std::string& part) const;
    std::string code(const std::string& load) const;  ///< of its newest decision
    /// All that may explain why a load does what it does, for a failure's message.
    std::string why(const std::string& load) const;
    Heard act(const std::string& target, const json& body = json::object()) const;
    /// Rows of the journal that hold, e.g. "type = 'TimeDriftDetected'".
    long journal(const std::string& where) const;
    std::string verify() const;  ///< empty where `bitgrid verify` finds the journal whole

    // Its parts.
    void start_daemon(const std::vector<std::string>& before = {});
    void start_broker();
    void start_guard();
    /// A second controller of the same site, with its own data; its line to the broker is `mqtt2`.
    void start_second();
    Child& second() { return *second_; }
    std::uint16_t second_port() const { return second_port_; }
    void jump_clock(std::int64_t ms);  ///< the daemon's alone
    void disk(DiskTrouble trouble) { disk_.set(trouble); }
    Child& daemon() { return *daemon_; }
    Child& guard() { return *guard_; }
    Child& house() { return *house_; }
    Child& broker() { return *broker_; }
    FaultProxy& line(const std::string& name) { return *lines_.at(name); }
    /// modbus, cgminer, axeos, plug, rod, market, control: the device itself, past any bad line.
    std::uint16_t device_port(const std::string& name) const { return ports_.at(name); }
    std::uint16_t api_port() const { return api_port_; }
    std::uint16_t broker_port() const { return broker_port_; }
    std::filesystem::path folder() const { return folder_.path(); }
    std::filesystem::path data() const { return folder_.path() / "data"; }
    MqttPeer peer(const std::string& name) const { return MqttPeer{broker_port_, name}; }

    /// Looks again and again until it holds: house seconds until then, or empty when `house_s` of
    /// the house are over (and at least ten real seconds, for a machine that is busy).
    std::optional<double> until(const std::function<bool()>& holds, double house_s) const;
    /// True where it held at every look for so long.
    bool always(const std::function<bool()>& holds, double house_s) const;
    /// The usual beginning: ready, nothing missing, the load told to run, and drawing power. False:
    /// it does not. Throws where the wish stays refused, with the reason.
    bool runs(const std::string& load = "miner", const std::string& action = "START") const;

private:
    void write_configuration();
    void start_house();
    Environment daemon_environment() const;
    struct Started {
        std::unique_ptr<Child> child;
        std::uint16_t api_port;
    };
    Started run_daemon(const std::string& name, std::vector<std::string> words) const;
    void add_time(std::vector<std::string>& words) const;
    std::uint16_t through(const std::string& name, std::uint16_t port);

    HomeWish wish_;
    ops::ScratchFolder folder_;
    std::uint16_t broker_port_{0};
    std::int64_t start_wall_ms_{0}, start_real_ms_{0};
    json ports_;
    std::map<std::string, std::unique_ptr<FaultProxy>> lines_;
    std::uint16_t control_port_{0}, api_port_{0}, second_port_{0};
    std::int64_t clock_offset_ms_{0};
    WrongClock clock_{0};
    BadDisk disk_;
    std::unique_ptr<Child> broker_, house_, guard_, daemon_, second_;
};

/// Of "2024-05-21T11:00:00Z", also with a fraction of a second.
std::int64_t ms_of(const std::string& time);

/// Controllers that ended although nobody ended them: what they said. Taken by who asks.
std::vector<std::string> take_crashes();

}  // namespace bitgrid::faults
