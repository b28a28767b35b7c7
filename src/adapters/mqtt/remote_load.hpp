#pragma once
// A load beside a gateway, as the controller sees it: setpoints go to `command/<load>` as leases,
// the gateway answers at `/ack`. What the load does is told by its telemetry.
// Engine thread only; bus, health and clock must outlive it.
#include <memory>
#include <optional>
#include <string>

#include "adapters/lifeline.hpp"
#include "adapters/mqtt/mqtt_bus.hpp"
#include "adapters/mqtt/setpoint_payload.hpp"
#include "net/exchanges.hpp"
#include "ports/clock.hpp"
#include "ports/load_driver.hpp"
#include "ports/signals.hpp"

namespace bitgrid::adapters {

class RemoteLoad final : public ports::LoadDriver {
public:
    struct World {
        MqttBus& bus;
        ports::Clock& clock;
        net::Exchanges& exchanges;
        ports::HealthSink& health;
    };
    /// In health it is `device/<id>`.
    RemoteLoad(World, const std::string& id, const std::string& load);

    void command(const ports::Command&, ports::CommandDone) override;
    void renew(const ports::Command&) override;
    ports::DeadMan dead_man() const override;

    static constexpr std::int64_t kAnswerMs = 5'000;

private:
    struct Attempt {
        ports::CommandDone done;
        net::Exchanges::Exchange token;
        std::unique_ptr<ports::Timer> deadline;
    };
    void send(const ports::Command&);
    void heard(const MqttMessage&);
    void begin_anew();
    void finish(core::Result<void>);
    std::string id_on_the_wire() const;

    World world_;
    const std::string part_;
    const std::string topic_;
    std::optional<ports::Command> wanted_;
    int begun_anew_{0};  ///< of what is wanted: how often the gateway let it lapse
    std::optional<Attempt> attempt_;
    std::optional<core::MonoTime> runs_until_;  ///< the lease that the gateway took last
    core::MonoTime sent_until_{};
    Lifeline lifeline_;
    Subscription acks_;
};

}  // namespace bitgrid::adapters
