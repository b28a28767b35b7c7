#pragma once
// Wishes that come by MQTT: topic + `/set` under our root; the answer goes to topic + `/ack` with
// the same command_id. A stored `/set` is never obeyed: it is a memory, not a wish. The same
// command_id twice has one effect and two answers. A flood of them is refused without an answer,
// each counted; stops have an allowance of their own, so that no flood of wishes keeps one out.
// Engine thread only; all that it is given must outlive it.
#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "adapters/lifeline.hpp"
#include "adapters/mqtt/command_payload.hpp"
#include "adapters/mqtt/mqtt_bus.hpp"
#include "adapters/mqtt/mqtt_config.hpp"
#include "net/allowance.hpp"
#include "net/exchanges.hpp"
#include "ports/clock.hpp"
#include "ports/live_view.hpp"

namespace bitgrid::adapters {

class MqttCommands {
public:
    struct Engine {
        ports::Control& control;
        const ports::House& house;
        ports::HealthSink& health;
        ports::Clock& clock;
    };
    /// `root` is `bitgrid/<site>`.
    MqttCommands(MqttBus&, Engine, net::Exchanges&, std::string root,
                 int wishes_per_minute = MqttConfig{}.wishes_per_minute);

private:
    void heard(const MqttMessage&);
    void obey(const std::string& path, const std::string& command_id, const MqttCommand&);
    void call(const MqttCommand&, ports::Answer);
    void refuse(const std::string& path, const std::string& command_id, std::string_view code,
                const core::Error&);
    void answer(const std::string& path, const std::string& command_id, std::string document);
    bool is_repeated(const std::string& path, const std::string& command_id);
    bool knows_load(const std::string& load_id) const;
    bool is_allowed(const core::Result<MqttCommand>&);

    MqttBus& bus_;
    Engine engine_;
    net::Exchanges& exchanges_;
    const std::string root_;
    std::map<std::string, std::optional<std::string>> answers_;  ///< by id; empty: under way
    std::deque<std::string> answered_;                           ///< ids, oldest first
    net::Allowance wishes_;
    net::Allowance stops_;
    Lifeline lifeline_;
    std::vector<Subscription> subscriptions_;
};

}  // namespace bitgrid::adapters
