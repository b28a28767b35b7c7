// A contactor and a power supply wear with every start: whatever the sensors say, a load does not
// start more than six times in an hour.
#include <gtest/gtest.h>

#include <deque>
#include <limits>
#include <random>

#include "core/sample_home.hpp"

using namespace bitgrid::core;
using sample::Home;

namespace {

class Random {
public:
    explicit Random(unsigned seed) : generator_{seed} {}
    double of(double low, double high) {
        return std::uniform_real_distribution<>{low, high}(generator_);
    }
    bool chance(double p) { return of(0, 1) < p; }
    /// Mostly a value, sometimes none, absurd, or none that is a number.
    double reading(double low, double high) {
        if (chance(0.97)) return of(low, high);
        return chance(0.5) ? std::numeric_limits<double>::quiet_NaN() : 1e9;
    }

private:
    std::mt19937 generator_;
};

void shake(Home& home, Random& random, bool is_sunny) {
    home.pv(random.reading(0, is_sunny ? 8000 : 3000));
    home.house(random.reading(0, 1500));
    home.grid_import(random.reading(0, 900));
    home.soc(random.reading(45, 100));
    home.price(random.reading(-10, 40));
    home.temp(random.reading(20, 90));
    home.heartbeat_age(random.reading(0, 65));
    home.state.distrusted = {};
    if (random.chance(0.02)) home.state.distrusted.add(Signal::PvPower);
}

/// Most starts within any hour of a week; several seeds, with and without much sun.
int most_starts_in_an_hour(unsigned seed) {
    Random random{seed};
    Home home;
    home.config.rules.safety_lockout = Minutes{0};  // lockouts would only make it calmer
    std::deque<UnixTime> starts;
    int most = 0;
    const auto judge = [&](Occasion occasion) {
        const bool was_on = home.memory.loads[0].target.is_on();
        home.memory = decide(home.config, home.memory, home.state, occasion).memory;
        const bool is_on = home.memory.loads[0].target.is_on();
        home.state.loads[0].is_expected_on = is_on;
        if (was_on || !is_on) return;
        starts.push_back(home.state.time);
        while (home.state.time - starts.front() >= 3'600'000) starts.pop_front();
        most = std::max(most, static_cast<int>(starts.size()));
    };
    for (int block = 0; block < 7 * 144; ++block) {
        shake(home, random, seed % 2 == 0);
        judge(Occasion::tick());
        for (int look = 0; look < 5; ++look) {
            home.state.time = home.state.time + 100'000;
            shake(home, random, seed % 2 == 0);
            const Vote safety = judge_safety(home.config, home.memory, home.state, 0);
            if (safety.is_binding && home.memory.loads[0].target.is_on())
                judge(Occasion::between_blocks(Trigger::SafetyAsync, 0));
        }
        home.state.time = home.state.time + 100'000;
    }
    return most;
}

TEST(StartsProperty, AreAtMostSixInAnHourOverAWeekOfRandomInput) {
    int most = 0;
    for (unsigned seed = 1; seed <= 20; ++seed) most = std::max(most, most_starts_in_an_hour(seed));
    EXPECT_LE(most, 6);
    EXPECT_GE(most, 2) << "the input must try it";
}

}  // namespace
