#include "engine/engine.hpp"

#include <algorithm>

#include "engine/guard_judgement.hpp"

namespace bitgrid::engine {
namespace {

bool is_safety_relevant(core::Signal signal) {
    return signal == core::Signal::LoadTemp || signal == core::Signal::LoadPower;
}

core::HealthLevel level_of(ports::Condition condition) {
    return static_cast<core::HealthLevel>(condition);
}

constexpr std::int64_t kLastWordsMs = 1'000;  ///< for the last entry of the journal

}  // namespace

Engine::Engine(const core::Config& config, Versions versions, Ports ports,
               std::optional<ports::Checkpoint> restored)
    : config_{config},
      ports_{ports},
      board_{config_},
      sensors_{config_},
      minutes_{config_.site.block_ms()},
      recorder_{ports.journal, ports.clock, [this] { return checkpoint(); }},
      health_{[this](const core::HealthChanged& change) { recorder_.note(change); }},
      actuators_(config.loads.size()),
      conductor_{
          config_, versions, {ports.clock, ports.identity, ports.narrator, recorder_, actuators_}},
      safety_{conductor_, [this] { return freeze(); }, ports.clock},
      wishes_{std::make_unique<Wishes>(
          conductor_, safety_, [this] { return freeze(); },
          Conductor::World{ports.clock, ports.identity, ports.narrator, recorder_, actuators_})},
      clockwork_{ports.clock,
                 config.site.block_ms(),
                 decided_before(restored, config.site.block_ms()),
                 {[this] { second(); }, [this](core::BlockId block) { tick(block); },
                  [this](std::int64_t jump_ms) { jumped(jump_ms); }}} {
    recorder_.watch(health_);
    wishes_->wait_for([this] { return waits_for(); });
    wishes_->toggle_research_by([this](bool is_on) {
        has_news_ = true;
        return std::exchange(is_research_on_, is_on) != is_on;
    });
    conductor_.before_late_orders([this] {
        look_at_the_gap();
        if (!is_hands_off()) safety_.look_at_all();
    });
    if (restored) restore(*restored);
    recorder_.note(core::Started{conductor_.versions().program, conductor_.versions().config,
                                 !restored || restored->is_stopped});
}

Engine::~Engine() = default;

core::Result<void> Engine::use(const core::Config& next, Versions versions) {
    bool is_same_house = next.site.block_minutes == config_.site.block_minutes &&
                         next.loads.size() == config_.loads.size();
    for (std::size_t i = 0; is_same_house && i < next.loads.size(); ++i)
        is_same_house = next.loads[i].id == config_.loads[i].id;
    if (!is_same_house)
        return core::Error{core::ErrorCode::Refused, "other loads or another length of a block"};
    config_.site = next.site;
    config_.rules = next.rules;
    config_.policy = next.policy;
    // One by one: actuators refer to the places of their loads.
    for (std::size_t i = 0; i < next.loads.size(); ++i) config_.loads[i] = next.loads[i];
    conductor_.use(std::move(versions));
    for (auto& actuator : actuators_)
        if (actuator) actuator->use(config_.rules);
    if (!is_hands_off()) safety_.look_at_all();
    has_news_ = true;
    return {};
}

void Engine::attach(std::size_t load, ports::LoadDriver& driver, ports::Relay* relay) {
    // Not the device's own part: its next good poll would take an alarm back.
    const std::string part = "load/" + config_.loads[load].id;
    actuators_[load] = std::make_unique<Actuator>(
        config_.loads[load], config_.rules, driver, relay, ports_.clock,
        Actuator::Reporter{[this](const core::CommandReported& report) { recorder_.note(report); },
                           [this, part](core::HealthLevel level, const std::string& reason,
                                        std::string_view code) {
                               health_.report(part, level, reason, ports_.clock.wall(), code);
                           }});
}

void Engine::tell_also(ports::Announcer& announcer) { recorder_.tell_also(announcer); }

void Engine::prove_life_to(ports::Lifesign& lifesign) { lifesigns_.push_back(&lifesign); }
void Engine::heed(const ports::Guard& guard) { guard_ = &guard; }

// It is commanded off without a decision: that is a change like any other. True: it was on.
bool Engine::rest(std::size_t load) {
    core::LoadMemory& mine = conductor_.memory().loads[load];
    if (!mine.target.is_on()) return false;
    mine.target = core::kOff;
    mine.last_action = core::Action::Stop;
    mine.unchanged_since = clockwork_.block() + 1;
    return true;
}

void Engine::command_off(std::size_t load) {
    actuators_[load]->order({ports_.identity.next(ports_.clock.wall()), core::kOff, true, false});
}

void Engine::take(ports::Charge charge) {
    const bool had_hands = !is_hands_off();
    if (std::exchange(charge_, charge) == charge) return;
    wishes_->observe(charge == ports::Charge::Watching);
    has_news_ = true;
    if (!is_started_) return;
    const bool is_given_hands = !had_hands && !is_hands_off();
    for (std::size_t i = 0; i < actuators_.size(); ++i) {
        const bool is_ours = charge < ports::Charge::Full && rest(i);
        if (is_ours || is_given_hands) command_off(i);
        if (is_given_hands) rest(i);
    }
}

void Engine::remember(const ports::Tenure& tenure, std::function<void()> done) {
    tenure_ = tenure;
    const std::string epoch = std::to_string(tenure.epoch);
    recorder_.write(
        {{ports_.clock.wall(),
          core::HealthChanged{"controller", core::HealthLevel::Ok,
                              tenure.is_held ? "this controller takes the site, epoch " + epoch
                                             : "another controller has the site, epoch " + epoch}}},
        std::move(done));
}

void Engine::start() {
    is_started_ = true;
    standstill_.alive(ports_.clock.mono());
    look_at_the_clock();
    minutes_.begin(ports_.clock.wall());
    for (std::size_t i = 0; i < actuators_.size() && !is_hands_off(); ++i) command_off(i);
    clockwork_.start();
}

std::vector<LoadControl> Engine::controls() const {
    std::vector<LoadControl> controls;
    for (const auto& actuator : actuators_) controls.push_back(actuator->control());
    return controls;
}

core::EnergyState Engine::freeze() const { return complete(board_.freeze(now(), controls())); }

core::EnergyState Engine::complete(core::EnergyState state) const {
    state.is_shutting_down = is_shutting_down_ || power_.judge(ports_.clock.mono()).forbids_loads;
    state.is_held_by_guard = guard_ != nullptr && guard_->look().forbids_loads;
    sensors_.mark(state);
    return state;
}

void Engine::measured(const ports::Measurement& m) {
    look_at_the_gap();
    if (standstill_.is_deaf(ports_.clock.mono())) return;
    has_news_ = true;
    if (!board_.put(m, ports_.clock.mono())) {
        rejected("signals", {core::ErrorCode::BadInput,
                             "measurement of an unknown load: " + std::string{m.load}});
        return;
    }
    if (m.load.empty() || is_hands_off() || !is_safety_relevant(m.signal)) return;
    for (std::size_t i = 0; i < config_.loads.size(); ++i)
        if (config_.loads[i].id == m.load) safety_.look(i);
}

void Engine::alive(std::string_view load) {
    look_at_the_gap();
    if (standstill_.is_deaf(ports_.clock.mono())) return;
    if (!board_.alive(load, ports_.clock.mono()))
        rejected("signals", {core::ErrorCode::BadInput,
                             "sign of life of an unknown load: " + std::string{load}});
}

void Engine::price_series(std::vector<ports::Slot> slots, core::UnixTime) {
    has_news_ = true;
    board_.put_prices(std::move(slots), ports_.clock.wall());
}

void Engine::forecast_series(std::vector<ports::Slot> slots, core::UnixTime issued) {
    has_news_ = true;
    board_.put_forecast(std::move(slots), issued, ports_.clock.wall());
}

void Engine::expect_power(std::function<void()> ends) {
    power_ends_ = std::move(ends);
    power_.expect(ports_.clock.mono());
}

void Engine::power(const ports::PowerReading& reading) {
    power_.heard(reading, ports_.clock.mono());
    safety_.look_at_all();
    look_at_power();
}

void Engine::look_at_power() {
    const PowerWatch::Judgement power = power_.judge(ports_.clock.mono());
    if (power_.is_expected())
        health_.report("ups", power.level, power.reason, ports_.clock.wall(), power.code);
    if (power.is_on_battery != std::exchange(is_on_battery_, power.is_on_battery) && on_battery_)
        on_battery_(is_on_battery_);
    if (power.must_end && power_ends_) std::exchange(power_ends_, nullptr)();
}

void Engine::health(std::string_view part, ports::Condition condition, std::string_view reason) {
    health_.report(part, level_of(condition), reason, ports_.clock.wall());
}

void Engine::coded(std::string_view part, ports::Condition condition, std::string_view code,
                   std::string_view reason) {
    health_.report(part, level_of(condition), reason, ports_.clock.wall(), code);
}

void Engine::note(core::Happening what) {
    if (const auto* drill = std::get_if<core::DrillReported>(&what))
        drill_ = ports::DrillView{ports_.clock.wall(), *drill};
    if (const auto* research = std::get_if<core::ResearchToggled>(&what))
        is_research_on_ = research->is_on;
    has_news_ = true;
    recorder_.note(std::move(what));
}

void Engine::rejected(std::string_view part, const core::Error& error) {
    health_.reject(part, error.what, ports_.clock.wall());
    has_news_ = true;
}

void Engine::look_at_the_minute() {
    if (!minutes_.is_over(ports_.clock.wall())) return;
    note_minutes(
        minutes_.add(complete(board_.close_minute(now(), controls())), ports_.clock.wall()));
}

void Engine::note_minutes(std::optional<core::MinutesMeasured> minutes) {
    if (minutes) recorder_.note(std::move(*minutes));
}

void Engine::second() {
    look_at_the_gap();
    look_at_the_clock();
    look_at_the_minute();
    if (!is_hands_off()) look_after_loads();
    look_at_guard();
    if (is_recovering_ && (is_ready() || charge_ == ports::Charge::Watching)) {
        is_recovering_ = false;
        health_.report("start", core::HealthLevel::Ok, "", ports_.clock.wall());
    }
    last_cycle_ = ports_.clock.wall();
    health_.look(ports_.clock.wall());
    recorder_.flush();
    if (std::exchange(has_news_, false)) recorder_.tell_changed();
    // Reached only by a completed cycle: whoever hangs before this line lets everything lapse that
    // lives by it.
    prove_life(false);
    if (off_ && (is_hands_off() || are_all_off() || ports_.clock.mono() >= give_up_at_))
        std::exchange(off_, nullptr)();
}

void Engine::look_after_loads() {
    safety_.look_at_all();
    const core::EnergyState state = freeze();
    for (std::size_t i = 0; i < actuators_.size(); ++i) actuators_[i]->look(state.loads[i]);
    sensors_.look(state, board_.measures(core::Signal::HouseLoad), ports_.clock.mono());
    sensors_.report(health_, state);
    if (!is_shutting_down_) {
        if (is_ready()) wishes_->expire();
        if (safety_.look_at_grid())
            health_.report("grid", core::HealthLevel::Warn,
                           "net import lasts, but loads may not be stopped", state.time,
                           "IMPORT_LASTS");
        else health_.report("grid", core::HealthLevel::Ok, "", state.time);
    }
    look_at_power();
    // As with prove_life(): whoever hangs before this line lets setpoints and dead man's switches
    // lapse.
    for (auto& actuator : actuators_) actuator->renew();
}

void Engine::look_at_guard() {
    if (guard_ == nullptr) return;
    const ports::GuardView guard = guard_->look();
    if (guard.state == ports::GuardState::None) return;
    const GuardJudgement judged = judge(guard);
    health_.report("guard", judged.level, judged.reason, ports_.clock.wall(), judged.code);
}

void Engine::prove_life(bool is_last) {
    ports::Cycle cycle;
    cycle.number = ++cycles_;
    cycle.has_ordered_off =
        std::none_of(actuators_.begin(), actuators_.end(),
                     [](const auto& actuator) { return actuator->control().is_commanded_on; });
    cycle.is_confirmed_off = cycle.has_ordered_off && are_all_off();
    cycle.is_last = is_last;
    for (ports::Lifesign* lifesign : lifesigns_) lifesign->cycle_completed(cycle);
}

void Engine::tick(core::BlockId) {
    note_minutes(minutes_.take());  // written together with what is decided now
    const core::EnergyState state = complete(board_.close_block(now(), controls()));
    if (is_shutting_down_ || !may_decide()) return;
    if (!has_decided_) {
        // Not before every required signal of the site has filled half of a block.
        has_decided_ =
            core::missing_site_signals(config_.site, state).empty() && unconfirmed_loads().empty();
        if (!has_decided_) return;
    }
    if (std::exchange(is_holding_, false)) return;
    conductor_.conduct(state, core::Occasion::tick());
    has_news_ = true;
}

// A clock that nobody trusted is being set right: what was remembered is right already.
void Engine::jumped(std::int64_t jump_ms) {
    if (is_time_trusted_)
        move_with_the_clock(conductor_.memory(), ports_.clock.wall(), jump_ms,
                            config_.site.block_ms());
    time_trust_.was_set();
    is_holding_ = has_decided_;
    recorder_.note(core::TimeDriftDetected{jump_ms});
    health_.report(
        "clock", core::HealthLevel::Warn,
        "the clock jumped by " + std::to_string(jump_ms / 1000) + " s; one block of hold",
        ports_.clock.wall(), "CLOCK_JUMPED");
}

void Engine::doubt_time(const ports::TimeWitness& witness, core::UnixTime built) {
    time_trust_.begin(witness, built, last_stored_, ports_.clock.mono());
}

void Engine::look_at_the_clock() {
    const TimeTrust::Judgement time = time_trust_.judge(ports_.clock.wall(), ports_.clock.mono());
    is_time_trusted_ = time.is_trusted;
    if (is_holding_ && time.is_trusted) return;  // its reason stands until a block is decided again
    if (time_trust_.is_asked() || has_decided_)
        health_.report("clock", time.level, time.reason, ports_.clock.wall(), time.code);
}

// Nothing was heard, looked at or renewed for a while: the machine slept or the program was
// stopped.
void Engine::look_at_the_gap() {
    const core::MonoTime now = ports_.clock.mono();
    const auto gap_ms = standstill_.alive(now);
    if (!gap_ms) return;
    board_.forget(now);
    is_holding_ = has_decided_;
    health_.report("clock", core::HealthLevel::Warn,
                   "stood still for " + std::to_string(*gap_ms / 1'000) +
                       " s: every value counts as old; one block of hold",
                   ports_.clock.wall(), "STOOD_STILL");
    if (!is_hands_off()) safety_.look_at_all();
}

bool Engine::are_all_off() const {
    return std::all_of(actuators_.begin(), actuators_.end(), [](const auto& actuator) {
        return actuator->confirmation() == ports::Confirmation::Confirmed;
    });
}

void Engine::shut_down(std::int64_t patience_ms, std::function<void()> done) {
    is_shutting_down_ = true;
    if (!is_hands_off()) safety_.look_at_all();
    give_up_at_ = ports_.clock.mono() + patience_ms;
    off_ = [this, done = std::move(done)] {
        clockwork_.stop();
        prove_life(true);
        is_stopped_ = true;
        note_minutes(minutes_.take());
        // A disk that takes its time does not keep us for ever.
        const auto once = std::make_shared<std::function<void()>>(done);
        const auto end = [once] {
            if (const auto call = std::exchange(*once, nullptr)) call();
        };
        last_words_ = ports_.clock.after(kLastWordsMs, end);
        recorder_.write({{ports_.clock.wall(), core::Stopped{"asked to end"}}}, end);
    };
}

}  // namespace bitgrid::engine
