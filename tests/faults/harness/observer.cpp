#include "faults/harness/observer.hpp"

#include <fmt/format.h>

#include "faults/harness/child.hpp"
#include "faults/harness/talk.hpp"

namespace bitgrid::faults {

using nlohmann::json;

Observer::Observer(std::uint16_t port, int look_ms, std::vector<Rule> rules)
    : port_{port}, look_ms_{look_ms} {
    for (Rule& rule : rules) {
        State state;
        state.finding = {rule.name, 0, rule.allowed_s, 0};
        state.rule = std::move(rule);
        states_.push_back(std::move(state));
    }
    thread_ = std::thread{[this] {
        while (!is_over_) {
            look();
            rest(look_ms_);
        }
    }};
}

Observer::~Observer() {
    is_over_ = true;
    thread_.join();
}

void Observer::look() {
    const json truth = get(port_, "/sim/state").json();
    if (!truth.is_object() || !truth.contains("time_ms")) return;
    const double now_s = truth["time_ms"].get<double>() / 1000;
    const std::lock_guard lock{mutex_};
    ++looks_;
    for (State& state : states_) judge(state, truth, now_s);
}

void Observer::judge(State& state, const json& truth, double now_s) {
    if (!state.rule.is_unsafe(truth)) {
        state.since_s = -1;
        state.is_told = false;
        return;
    }
    if (state.since_s < 0) state.since_s = now_s;
    const double lasted_s = now_s - state.since_s;
    state.finding.worst_s = std::max(state.finding.worst_s, lasted_s);
    if (lasted_s <= state.rule.allowed_s || state.is_told) return;
    state.is_told = true;
    ++state.finding.exceeded;
    if (tell)
        tell(fmt::format("UNSAFE: {} for more than {:.0f} s: {}", state.rule.name,
                         state.rule.allowed_s, truth.dump()));
}

std::vector<Observer::Finding> Observer::findings() const {
    const std::lock_guard lock{mutex_};
    std::vector<Finding> all;
    for (const State& state : states_) all.push_back(state.finding);
    return all;
}

long Observer::looks() const {
    const std::lock_guard lock{mutex_};
    return looks_;
}

bool is_any_load_on(const json& truth) {
    const json& flows = truth["flows"];
    return flows["miner_power_w"].get<double>() > 30 || flows["rod_power_w"].get<double>() > 30;
}

}  // namespace bitgrid::faults
