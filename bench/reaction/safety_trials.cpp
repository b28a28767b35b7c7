#include "bench/reaction/safety_trials.hpp"

#include <algorithm>
#include <stdexcept>

#include "bench/benchmark.hpp"

namespace bitgrid::bench {
namespace {

using std::chrono::steady_clock;

constexpr const char* kRoot = "bitgrid/home/";
constexpr int kPatienceMs = 10'000;
constexpr int kStartPatienceMs = 30'000;  ///< a start waits for the disk, which may be slow

std::string below(const std::string& id, const char* what) { return "plug/" + id + what; }

}  // namespace

HouseSetup trial_house(double speed) {
    HouseSetup setup;
    setup.loads = HouseSetup::Loads::Plugs;
    setup.speed = speed;
    setup.block_minutes = 1;
    setup.rules = "safety_lockout_min: 0\n";
    return setup;
}

SafetyTrials::SafetyTrials(RunningHouse& house)
    : house_{house}, mqtt_{house.broker_port(), "bench-plugs"} {
    for (const char* id : {"load0", "load1", "load2"}) plugs_.push_back({id});
    mqtt_.subscribe("plug/+/set");
    mqtt_.subscribe("bitgrid/home/load/+/override/ack");
    for (const Plug& plug : plugs_) {
        say_temperature(plug, "60");
        mqtt_.publish(below(plug.id, "/state"), "off");
        mqtt_.publish(below(plug.id, "/power"), "0");
    }
    house_.wait_until_ready();
    mqtt_.publish(std::string{kRoot} + "autonomy/set", "MANUAL");
}

void SafetyTrials::say_temperature(const Plug& plug, const char* temp_c) {
    mqtt_.publish(kRoot + ("telemetry/" + plug.id) + "/temp_c", temp_c);
}

bool SafetyTrials::play(int patience_ms) {
    const auto message = mqtt_.next(patience_ms);
    if (!message) return false;
    if (message->topic.ends_with("/ack")) {
        if (message->payload.find("\"accepted\":true") == std::string::npos)
            throw std::runtime_error{"a start was refused: " + message->payload};
        return true;
    }
    for (Plug& plug : plugs_) {
        if (message->topic != below(plug.id, "/set")) continue;
        plug.is_on = message->payload == "on";
        if (!plug.is_on) plug.told_off = message->at;
        mqtt_.publish(below(plug.id, "/state"), message->payload);
        mqtt_.publish(below(plug.id, "/power"), plug.is_on ? "1000" : "0");
    }
    return true;
}

void SafetyTrials::start_all() {
    for (const Plug& plug : plugs_) {
        say_temperature(plug, "60");
        mqtt_.publish(kRoot + ("load/" + plug.id) + "/override/set",
                      R"({"action":"START","duration_min":60})");
    }
    const auto until = steady_clock::now() + std::chrono::milliseconds{kStartPatienceMs};
    while (!std::ranges::all_of(plugs_, &Plug::is_on))
        if (!play(100) && steady_clock::now() > until)
            throw std::runtime_error{"the loads do not start"};
}

void SafetyTrials::trip(Plug& plug, Reactions& reactions) {
    const auto began = steady_clock::now();
    say_temperature(plug, "95");
    while (plug.is_on && milliseconds_since(began) < kPatienceMs) play(100);
    if (plug.is_on) ++reactions.unanswered;
    else reactions.ms.push_back(milliseconds_between(began, plug.told_off));
}

Reactions SafetyTrials::run(int trials, const std::function<void()>& before,
                            const std::function<void()>& after) {
    Reactions reactions;
    for (int left = trials; left > 0;) {
        start_all();
        if (before) before();
        for (Plug& plug : plugs_)
            if (left-- > 0) trip(plug, reactions);
        if (after) after();
    }
    return reactions;
}

}  // namespace bitgrid::bench
