#include "app/mirror_watch.hpp"

#include <gmock/gmock.h>

#include "net/manual_clock.hpp"
#include "ops/scratch_folder.hpp"
#include "wire/mirror_json.hpp"

using namespace bitgrid;
using namespace bitgrid::app;
using testing::HasSubstr;

namespace {

constexpr core::UnixTime kWatchNow{1'781'517'600'000};
constexpr std::int64_t kWatchMinute = 60'000;

struct WatchHealth final : ports::HealthSink {
    void health(std::string_view, ports::Condition, std::string_view) override {}
    void coded(std::string_view part, ports::Condition level, std::string_view word,
               std::string_view words) override {
        EXPECT_EQ(part, "mirror");
        condition = level;
        code = word;
        reason = words;
    }
    void rejected(std::string_view, const core::Error&) override {}
    std::optional<ports::Condition> condition;
    std::string code, reason;
};

MirrorConfig agreed() {
    MirrorConfig config;
    config.enabled = true;
    config.target = "/media/mirror";
    config.agreed_to = agreement_of(config);
    return config;
}

class Watch : public testing::Test {
protected:
    Watch() { std::filesystem::create_directories(folder.path() / "mirror"); }
    void leave(const wire::MirrorNote& note) const {
        folder.write("mirror/health.json", wire::mirror_json(note).dump());
    }
    wire::MirrorNote good() const {
        return {clock.wall(), clock.wall() + 20 * kWatchMinute, core::HealthLevel::Ok, "", "well"};
    }
    MirrorWatch watch_of(MirrorConfig config) {
        return {{clock, heard}, folder.path().string(), std::move(config)};
    }

    ops::ScratchFolder folder;
    net::ManualClock clock{kWatchNow};
    WatchHealth heard;
};

TEST_F(Watch, IsNoPartOfTheHealthWhereThereIsNoMirror) {
    auto watch = watch_of({});
    watch.start();
    clock.advance(60 * kWatchMinute);
    EXPECT_EQ(heard.condition, std::nullopt);
}

TEST_F(Watch, SaysWhatTheMirrorSays) {
    auto watch = watch_of(agreed());
    leave(good());
    watch.start();
    EXPECT_EQ(heard.condition, ports::Condition::Ok);
    leave({kWatchNow, kWatchNow + 20 * kWatchMinute, core::HealthLevel::Warn, wire::kMirrorGap,
           "segments 3 to 5 were dropped"});
    clock.advance(kWatchMinute);
    EXPECT_EQ(heard.condition, ports::Condition::Warn);
    EXPECT_EQ(heard.code, "MIRROR_GAP");
    EXPECT_EQ(heard.reason, "segments 3 to 5 were dropped");
}

TEST_F(Watch, HearsThatNobodyRunsIt) {
    auto watch = watch_of(agreed());
    watch.start();
    clock.advance(MirrorWatch::kPatienceMs - kWatchMinute);
    EXPECT_EQ(heard.condition, std::nullopt) << "it may just be starting";
    clock.advance(2 * kWatchMinute);
    EXPECT_EQ(heard.code, "MIRROR_SILENT");
    leave(good());
    clock.advance(kWatchMinute);
    EXPECT_EQ(heard.condition, ports::Condition::Ok);
    clock.advance(21 * kWatchMinute);
    EXPECT_EQ(heard.code, "MIRROR_SILENT");
    EXPECT_THAT(heard.reason, HasSubstr("last heard at 2026-"));
}

TEST_F(Watch, SaysWhenMoreWouldLeaveThanWasAgreedToAndWhenItWasTakenBack) {
    auto watch = watch_of(agreed());
    leave(good());
    watch.start();
    MirrorConfig other = agreed();
    other.target = "/media/somebody";
    watch.learn(other);
    EXPECT_EQ(heard.condition, ports::Condition::Warn);
    EXPECT_EQ(heard.code, "MIRROR_CONSENT");
    watch.learn({});
    EXPECT_EQ(heard.condition, ports::Condition::Ok);
    EXPECT_THAT(heard.reason, HasSubstr("off"));
}

TEST_F(Watch, BelievesNoNoteThatIsNone) {
    auto watch = watch_of(agreed());
    for (
        const char* text :
        {"", "{", "[]", "{}",
         R"({"time":"2026-06-15T10:00Z","good_until":"2026-06-15T10:00Z","level":"fine","code":"","reason":""})",
         R"({"time":"2026-06-15T10:00Z","good_until":"2026-06-15T10:00Z","level":"ok","code":"OFF","reason":""})"}) {
        folder.write("mirror/health.json", text);
        watch.start();
        EXPECT_EQ(heard.condition, ports::Condition::Error) << text;
        EXPECT_EQ(heard.code, "MIRROR_BROKEN") << text;
        heard = {};
    }
}

}  // namespace
