#include "bench/reaction/safety_trials.hpp"

#include <algorithm>
#include <stdexcept>

#include "bench/benchmark.hpp"

namespace bitgrid::bench {
namespace {

using std::chrono::steady_clock;

constexpr const char* kRoot = "bitgrid/home/";
constexpr int kPatienceMs = 10'000;
constexpr std::chrono::milliseconds kAskAgain{500};
constexpr int kStartPatienceMs = 30'000;  ///< a start waits for the disk, which may be slow

std::string below(const std::string& id, const char* what) { return "plug/" + id + what; }

}  // namespace

HouseSetup trial_house(double speed) {
    HouseSetup setup;
    setup.loads = HouseSetup::Loads::Plugs;
    setup.speed = speed;
    setup.block_minutes = 1;
    setup.rules = "safety_lockout_min: 0\n";
    setup.mqtt = "wishes_per_minute: 1000000\n";  // a trial begins with three
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
    // The plugs answer from the first moment on, or they would count as stuck.
    house_.wait_until_ready([this] { play(50); });
    mqtt_.publish(std::string{kRoot} + "autonomy/set", "MANUAL");
}

void SafetyTrials::say_temperature(const Plug& plug, const char* temp_c) {
    mqtt_.publish(kRoot + ("telemetry/" + plug.id) + "/temp_c", temp_c);
}

bool SafetyTrials::play(int patience_ms) {
    const auto message = mqtt_.next(patience_ms);
    if (!message) return false;
    if (message->topic.ends_with("/ack")) {
        const bool is_taken = message->payload.find("\"accepted\":true") != std::string::npos;
        refusal_ = is_taken ? "" : message->payload;
        return true;
    }
    for (Plug& plug : plugs_) {
        if (message->topic != below(plug.id, "/set")) continue;
        plug.is_on = message->payload == "on";
        if (!plug.is_on) plug.told_off = message->at;
        mqtt_.publish(below(plug.id, "/state"), message->payload);
        mqtt_.publish(below(plug.id, "/power"), plug.is_on ? "100" : "0");
    }
    return true;
}

void SafetyTrials::ask_to_start(const Plug& plug) {
    mqtt_.publish(kRoot + ("load/" + plug.id) + "/override/set",
                  R"({"action":"START","duration_min":60})");
}

void SafetyTrials::start_all() {
    // On a machine that is kept busy a stop before may not be confirmed yet: refused, and asked
    // again.
    const auto until = steady_clock::now() + std::chrono::milliseconds{kStartPatienceMs};
    for (auto ask_at = steady_clock::now(); !std::ranges::all_of(plugs_, &Plug::is_on);) {
        if (steady_clock::now() > until)
            throw std::runtime_error{"the loads do not start: " + refusal_};
        if (steady_clock::now() >= ask_at) {
            ask_at = steady_clock::now() + kAskAgain;
            for (const Plug& plug : plugs_) {
                say_temperature(plug, "60");
                if (!plug.is_on) ask_to_start(plug);
            }
        }
        play(100);
    }
}

void SafetyTrials::trip(Plug& plug, Reactions& reactions) {
    // Those that wait for their turn are not to stop for want of a temperature.
    for (const Plug& other : plugs_)
        if (other.is_on && other.id != plug.id) say_temperature(other, "60");
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
