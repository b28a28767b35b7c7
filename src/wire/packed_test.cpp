#include "wire/packed.hpp"

#include <gtest/gtest.h>

#include "core/sample_home.hpp"
#include "wire/decision_json.hpp"
#include "wire/votes_text.hpp"

using namespace bitgrid;
using core::sample::Home;

namespace {

std::vector<Home> homes() {
    std::vector<Home> all;
    all.emplace_back();
    all.push_back(Home{8}.surplus(1.0 / 3).running().changed(core::Action::Start, 2));
    all.push_back(Home{2}.wish(core::OverrideAction::Limit, true).price(31.7).forecast(0.4));
    all.push_back(Home{}.autonomy(core::AutonomyLevel::Assist).temp(85.1).soc(0));
    all.back().memory.loads[0].lockout =
        core::Lockout{core::LockoutReason::ActuatorStuck, {5}, true, false};
    all.back().memory.loads[0].accepted = core::Code::Throttle_R1_ECO;
    all.back().memory.is_emergency = true;
    all.back().state.site.battery_soc = {};
    all.back().state.distrusted.add(core::Signal::PvPower);
    return all;
}

TEST(Packed, GivesBackEveryValue) {
    for (const Home& home : homes()) {
        const wire::Packed packed = wire::pack({home.state, home.memory});
        const auto back = wire::unpack(packed.bytes);
        ASSERT_TRUE(back) << back.error().what;
        EXPECT_EQ(back->state, home.state);
        EXPECT_EQ(back->memory, home.memory);
        EXPECT_EQ(wire::pack(*back), packed);
    }
}

TEST(Packed, RefusesWhatItDidNotMake) {
    const std::string whole = wire::pack({homes()[3].state, homes()[3].memory}).bytes;
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_FALSE(wire::unpack(whole.substr(0, size))) << size;
    EXPECT_FALSE(wire::unpack(whole + '\0'));
    EXPECT_FALSE(wire::unpack(std::string(500, '\xff')));
    for (std::size_t at = 0; at < whole.size(); ++at) {
        std::string bent = whole;
        bent[at] = static_cast<char>(bent[at] ^ 0x80);
        const auto read = wire::unpack(bent);
        if (!read) continue;
        EXPECT_EQ(wire::pack(*read).bytes, bent) << at;  // another number, no other form
    }
}

// Replays of past years compare these bytes: a change of the form needs another version.
TEST(Packed, KeepsItsForm) {
    Home home;
    home.price(25);
    const std::string bytes = wire::pack({home.state, home.memory}).bytes;
    EXPECT_EQ(bytes.size(), 163U);
    EXPECT_EQ(bytes[0], 1);
}

TEST(VotesText, IsWhatTheJsonOfTheVotesDumps) {
    for (const Home& home : homes())
        for (const core::LoadDecision& made : home.outcome().decisions) {
            std::string text;
            wire::append_votes_text(made.votes, text);
            EXPECT_EQ(text, wire::votes_json(made.votes).dump());
        }
}

}  // namespace
