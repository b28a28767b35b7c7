#pragma once
// The engine: gather -> decide -> journal -> act -> tell. Wires its parts; each part has a file of
// its own.
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/case.hpp"
#include "engine/clockwork.hpp"
#include "engine/conductor.hpp"
#include "engine/health_board.hpp"
#include "engine/minute_log.hpp"
#include "engine/power_watch.hpp"
#include "engine/readiness.hpp"
#include "engine/safety_path.hpp"
#include "engine/sensor_watch.hpp"
#include "engine/signal_board.hpp"
#include "engine/standstill.hpp"
#include "engine/time_trust.hpp"
#include "engine/wishes.hpp"
#include "ports/guard.hpp"
#include "ports/lifesign.hpp"
#include "ports/live_view.hpp"

namespace bitgrid::engine {

/// One thread. Ports, drivers and relays outlive the engine; drivers are attached before start().
/// The configuration is its own; all its parts see the one that holds.
class Engine final : public ports::SignalSink,
                     public ports::HealthSink,
                     public ports::PowerSink,
                     public ports::House {
public:
    struct Ports {
        ports::Clock& clock;
        ports::Identity& identity;
        const ports::Narrator& narrator;
        ports::Journal& journal;
    };

    /// `restored`: what the run before left behind.
    Engine(const core::Config&, Versions, Ports, std::optional<ports::Checkpoint> restored);
    ~Engine();

    /// Other values for what is configured, between two cycles: the same loads, the same length of
    /// a block, or it is refused. Nothing is stopped for it; whatever the new limits forbid stops
    /// before this returns.
    core::Result<void> use(const core::Config&, Versions);
    void attach(std::size_t load, ports::LoadDriver&, ports::Relay*);
    void tell_also(ports::Announcer&);
    /// A UPS is watched: nothing starts before it was heard. Calls back once when the host is about
    /// to lose its power: every load is off by then, or told to be; what remains is to end.
    void expect_power(std::function<void()> ends);
    /// Calls back each time the host begins or ends to live on its UPS; not from here.
    void when_on_battery(std::function<void(bool)> then) { on_battery_ = std::move(then); }
    /// Told at the end of every completed cycle; must outlive the engine.
    void prove_life_to(ports::Lifesign&);
    /// While this guard holds nothing runs and nothing starts; must outlive the engine.
    void heed(const ports::Guard&);
    /// Before start(): nothing is decided before the wall clock shows itself as right, by what the
    /// witness says and by the day on which the program was built. The witness outlives the engine.
    void doubt_time(const ports::TimeWitness&, core::UnixTime built);
    /// Commands every load off, then begins to look and to tick.
    void start();
    /// Stops every load, calls back once all are confirmed off, or after `patience_ms`.
    void shut_down(std::int64_t patience_ms, std::function<void()> done);

    /// What we may do on this site; full charge unless told otherwise before start(). With less,
    /// what runs by our order is stopped once; who only watches commands and renews nothing from
    /// then on. With more, everything is commanded off first.
    void take(ports::Charge);
    ports::Charge charge() const { return charge_; }
    /// Remembers how we stand to the site; calls back once it is on disk, or cannot be.
    void remember(const ports::Tenure&, std::function<void()> done);
    /// The same with what is written next.
    void remember(const ports::Tenure& tenure) { tenure_ = tenure; }

    ports::Control& control() { return *wishes_; }
    bool is_ready() const { return has_decided_ && may_decide(); }
    /// Why it is not ready, in words.
    std::optional<core::Explanation> waits_for() const;
    const Versions& versions() const { return conductor_.versions(); }
    bool is_journal_idle() const { return recorder_.is_idle(); }

    // SignalSink
    void measured(const ports::Measurement&) override;
    void alive(std::string_view load) override;
    void price_series(std::vector<ports::Slot>, core::UnixTime fetched) override;
    void forecast_series(std::vector<ports::Slot>, core::UnixTime issued) override;
    // HealthSink
    void health(std::string_view part, ports::Condition, std::string_view reason) override;
    void coded(std::string_view part, ports::Condition, std::string_view code,
               std::string_view reason) override;
    void rejected(std::string_view part, const core::Error&) override;
    // PowerSink
    void power(const ports::PowerReading&) override;
    // House
    ports::LiveView look() const override;
    const core::Config& config() const override { return config_; }
    bool is_research_on() const override { return is_research_on_; }
    std::shared_ptr<const core::DecisionEvent> preview(std::size_t load) const override;
    /// What the next block would be judged by, with the values of now; none before the first
    /// complete state.
    std::optional<core::Case> next_case() const;

    /// Something that another part wants journalled and told (a failed login, …).
    void note(core::Happening what);

private:
    void second();
    void look_at_the_minute();
    void note_minutes(std::optional<core::MinutesMeasured>);
    void tick(core::BlockId);
    void jumped(std::int64_t jump_ms);
    void look_at_the_clock();
    void look_at_the_gap();
    bool is_hands_off() const { return charge_ <= ports::Charge::Watching; }
    bool may_decide() const { return charge_ == ports::Charge::Full && is_time_trusted_; }
    std::vector<std::string> unconfirmed_loads() const;
    BootFacts boot_facts(const core::EnergyState&) const;
    void look_at_power();
    void look_at_guard();
    void prove_life(bool is_last);
    void restore(const ports::Checkpoint&);
    void command_off(std::size_t load);
    void look_after_loads();
    bool rest(std::size_t load);
    ports::Checkpoint checkpoint() const;
    core::EnergyState freeze() const;
    /// What the board does not know: whether everything must stop because power or we end, and
    /// which sensors are not believed.
    core::EnergyState complete(core::EnergyState) const;
    Moment now() const { return {ports_.clock.wall(), ports_.clock.mono()}; }
    std::vector<LoadControl> controls() const;
    bool are_all_off() const;
    ports::LoadView look_at(std::size_t load, const core::EnergyState&) const;

    core::Config config_;
    Ports ports_;
    SignalBoard board_;
    SensorWatch sensors_;
    MinuteLog minutes_;
    Recorder recorder_;
    HealthBoard health_;
    Actuators actuators_;
    Conductor conductor_;
    SafetyPath safety_;
    std::unique_ptr<Wishes> wishes_;
    Clockwork clockwork_;
    PowerWatch power_;
    std::function<void()> power_ends_;
    std::function<void(bool)> on_battery_;
    bool is_on_battery_{false};
    const ports::Guard* guard_{nullptr};
    std::vector<ports::Lifesign*> lifesigns_;
    std::uint64_t cycles_{0};
    TimeTrust time_trust_;
    Standstill standstill_;
    core::UnixTime last_stored_{};  ///< when the run before last wrote
    ports::Tenure tenure_;
    ports::Charge charge_{ports::Charge::Full};
    bool is_started_{false};
    bool is_recovering_{false};  ///< the run before ended badly; until every load is surely off
    bool is_time_trusted_{true};
    bool has_decided_{false};
    bool is_holding_{false};  ///< one block without decisions after a jump of the clock
    bool is_shutting_down_{false};
    bool has_news_{false};
    bool is_stopped_{false};
    core::UnixTime last_cycle_{};
    std::optional<ports::DrillView> drill_;  ///< the newest self-test
    bool is_research_on_{false};
    std::function<void()> off_;  ///< waits for every load to be off
    core::MonoTime give_up_at_{};
    std::unique_ptr<ports::Timer> last_words_;
};

}  // namespace bitgrid::engine
