#include "gateway/gateway.hpp"

#include <algorithm>

namespace bitgrid::gateway {

Gateway::Gateway(ports::Clock& clock, const core::Config& config, Calls calls)
    : clock_{clock},
      config_{config},
      calls_{std::move(calls)},
      board_{config},
      loads_(config.loads.size()) {}

engine::Actuator::Reporter Gateway::reporter_for(const std::string& load) {
    return {[this, load](const core::CommandReported& report) {
                if (report.state != core::CommandState::Confirmed) return;
                calls_.tell(load, false, report.target.is_on() ? "is on" : "is off");
            },
            [this, load](core::HealthLevel level, const std::string& reason, std::string_view) {
                if (level != core::HealthLevel::Ok) calls_.tell(load, true, reason);
            }};
}

void Gateway::attach(std::size_t load, LeasedLoad::Hands hands) {
    const std::string id = config_.loads[load].id;
    loads_[load] = std::make_unique<LeasedLoad>(
        config_.loads[load], config_.rules, hands, clock_,
        LeasedLoad::Calls{reporter_for(id), [this, id](const std::string& command_id) {
                              calls_.tell(id, true, "nobody has renewed its lease: it is stopped");
                              calls_.lapsed(id, command_id);
                          }});
}

void Gateway::start(std::function<void()> completed) {
    completed_ = std::move(completed);
    for (const auto& load : loads_) load->stop();
    look();
}

void Gateway::shut_down(std::int64_t patience_ms, std::function<void()> done) {
    is_ending_ = true;
    give_up_at_ = clock_.mono() + patience_ms;
    ended_ = std::move(done);
    for (const auto& load : loads_) load->stop();
}

bool Gateway::are_all_off() const {
    return std::all_of(loads_.begin(), loads_.end(),
                       [](const auto& load) { return load->is_off(); });
}

void Gateway::look() {
    std::vector<engine::LoadControl> controls;
    for (const auto& load : loads_) controls.push_back(load->control());
    const core::EnergyState state = board_.freeze({clock_.wall(), clock_.mono()}, controls);
    for (std::size_t i = 0; i < loads_.size(); ++i) loads_[i]->look(state.loads[i]);
    if (completed_) completed_();
    if (ended_ && (are_all_off() || clock_.mono() >= give_up_at_)) {
        timer_.reset();
        return std::exchange(ended_, nullptr)();
    }
    timer_ = clock_.after(kLookMs, [this] { look(); });
}

LeasedLoad* Gateway::find(std::string_view load) {
    for (std::size_t i = 0; i < loads_.size(); ++i)
        if (config_.loads[i].id == load) return loads_[i].get();
    return nullptr;
}

ports::Refusal Gateway::take(std::string_view load, const ports::Setpoint& wanted) {
    LeasedLoad* const mine = find(load);
    if (mine == nullptr || (is_ending_ && wanted.target.is_on())) return ports::Refusal::Ending;
    if (wanted.target.is_on()) heard_epoch(wanted.epoch);
    return mine->take(wanted, newest_epoch_);
}

// What runs by an older controller's word runs on until its lease ends, which nobody renews: the
// new one commands everything off first.
void Gateway::heard_epoch(std::int64_t epoch) { newest_epoch_ = std::max(newest_epoch_, epoch); }

void Gateway::measured(const ports::Measurement& m) {
    if (m.load.empty()) return;
    LeasedLoad* const load = find(m.load);
    if (load == nullptr) return;
    const bool was_hot = load->is_too_hot();
    if (m.signal == core::Signal::LoadTemp) load->felt(core::Celsius{m.value});
    if (!was_hot && load->is_too_hot())
        calls_.tell(std::string{m.load}, true, "is too hot: stopped here, without the controller");
    (void)board_.put(m, clock_.mono());
}

void Gateway::alive(std::string_view load) { (void)board_.alive(load, clock_.mono()); }

}  // namespace bitgrid::gateway
