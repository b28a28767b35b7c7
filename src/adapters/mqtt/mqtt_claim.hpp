#pragma once
// One controller on a site. Who has it says so on `<root>/controller/claim`, stored, every second,
// with an epoch that grows with each take-over (counted, and where the broker forgot it and its
// holder is cut off, by the wall clock); whoever hears a higher epoch lets go at once. Who has it
// not says on `<root>/controller/watching` that it is there. Both hear themselves come back: only
// that proves that the broker is in reach.
//
// No two may have it, however the network is cut: who knows of another one promises to let go
// (everything off) when its own words have not come back for kLeaseMs; the other one waits
// kSilenceMs from the last word that it heard before it takes over, and only from one that
// promised. Who knows of nobody goes on without a broker. See docs/adr on two controllers. Engine
// thread only; bus, clock and sinks must outlive it. Health: part `controller`.
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "adapters/mqtt/mqtt_bus.hpp"
#include "ports/charge.hpp"
#include "ports/clock.hpp"
#include "ports/signals.hpp"

namespace bitgrid::adapters {

class MqttClaim {
public:
    struct Identity {
        std::string root;           ///< `bitgrid/<site>`
        std::string controller_id;  ///< the same after a restart of the same installation
        bool is_alone{false};       ///< nobody else can be there: no question, no waiting
    };
    struct Calls {
        std::function<void(ports::Charge)> charged;
        /// Calls back once it is on disk, or cannot be.
        std::function<void(const ports::Tenure&, std::function<void()>)> remember;
    };
    /// `before`: what the run before remembered.
    MqttClaim(MqttBus&, ports::Clock&, ports::HealthSink&, Identity, ports::Tenure before, Calls);

    ports::Charge charge() const { return charge_; }
    std::int64_t epoch() const { return tenure_.epoch; }
    /// Before a clean end, once all is off: who waits need not wait longer. What must be remembered
    /// of it, see retired().
    void give_up();
    ports::Tenure retired() const;

    static constexpr std::int64_t kBeatMs = 1'000;
    static constexpr std::int64_t kPatienceMs = 3'000;  ///< without a broker, from the start
    static constexpr std::int64_t kSettleMs = 2'500;    ///< for others to speak up
    static constexpr std::int64_t kLeaseMs = 8'000;
    static constexpr std::int64_t kSilenceMs = 15'000;

private:
    struct Rival {
        std::string controller_id;
        std::int64_t epoch{0};
        bool is_bound{false};
        core::MonoTime heard{};
        bool has_left{false};
    };
    void heard_claim(const MqttMessage&);
    void heard_watcher(const MqttMessage&);
    void heard_ourselves(core::MonoTime sent, bool is_our_claim);
    void heard_rival(Rival, bool is_retained);
    void know_of_another();
    bool has_it(const Rival&) const;

    void connected();
    void beat();
    void say();
    void look();
    void ask();
    void go_on_without_a_broker();
    void watch();
    void claim();
    void settle();
    void hold();
    void let_go();
    void charge(ports::Charge, ports::Condition, std::string_view code, std::string_view reason);
    void remember(std::function<void()> then);
    bool is_rival_gone() const;
    bool is_heard_out() const;

    MqttBus& bus_;
    ports::Clock& clock_;
    ports::HealthSink& health_;
    const Identity identity_;
    const Calls calls_;
    const std::string claims_topic_;
    const std::string watching_topic_;
    const core::UnixTime since_;
    const core::MonoTime began_;
    const ports::Tenure before_;

    ports::Tenure tenure_;
    std::optional<ports::Tenure> remembered_;
    ports::Charge charge_{ports::Charge::Asking};
    std::optional<Rival> rival_;
    bool is_claiming_{false};      ///< our claim is remembered and said
    bool is_remembering_{false};   ///< and until then it is not
    bool is_promise_kept_{false};  ///< the promise is on disk: it may be said
    bool knows_another_{false};
    core::MonoTime asking_since_{};                  ///< connected, or out of reach, since then
    std::optional<core::MonoTime> claim_came_back_;  ///< when the claim first did
    std::optional<core::MonoTime> proven_;           ///< what was sent then has come back
    std::unique_ptr<ports::Timer> heartbeat_;
    std::shared_ptr<bool> is_alive_{std::make_shared<bool>(true)};
    Subscription claims_;
    Subscription watchers_;
    Subscription connections_;
};

}  // namespace bitgrid::adapters
