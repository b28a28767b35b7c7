// The live feed over real sockets: snapshot, changes, resuming, slow readers, many readers.
#include "api/feed.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>

#include "api/testing_served_house.hpp"

using namespace bitgrid;
using namespace bitgrid::api;
using Json = nlohmann::json;

namespace {

/// What a page does with the messages: keys of a snapshot, replaced by those of the changes.
struct Picture {
    Json live;
    std::int64_t sequence{0};
    bool has_gap{false};

    void take(const Json& message) {
        const std::int64_t number = message["seq"];
        if (message["type"] == "snapshot") live = message["data"];
        else if (number != sequence + 1) has_gap = true;
        if (message["type"] == "state") live.update(message["data"]);
        sequence = number;
    }
};

class LiveFeed : public ::testing::Test {
protected:
    LiveFeed() { house.live_until_started(); }
    static void expect_open(Peer& reader, int status) {
        const auto answer = reader.answer();
        ASSERT_TRUE(answer);
        EXPECT_EQ(answer->status, status);
    }
    /// Reads on until the picture is that of the house.
    static bool follows(Peer& reader, Picture& picture, const Json& state) {
        for (int i = 0; i < 2'000 && picture.live != state; ++i) {
            const auto message = reader.frame();
            if (!message) return false;
            picture.take(*message);
        }
        return picture.live == state;
    }
    /// What a reader that comes now is told first.
    Json state() {
        Peer reader = house.websocket();
        expect_open(reader, 101);
        return (*reader.frame())["data"];
    }
    ServedHouse house;
};

TEST_F(LiveFeed, BeginsWithASnapshotAndGoesOnWithWhatChanges) {
    Peer reader = house.websocket();
    expect_open(reader, 101);
    const Json first = *reader.frame();
    EXPECT_EQ(first["type"], "snapshot");
    EXPECT_EQ(first["data"], state());
    const Json asked = house.get("/api/v1/state").json();
    for (const auto& [key, value] : asked.items()) EXPECT_TRUE(first["data"].contains(key)) << key;
    Picture picture;
    picture.take(first);
    house.post("/api/v1/override", {{"action", "STOP"}, {"load_id", "miner"}});
    house.live(20'000);
    EXPECT_TRUE(follows(reader, picture, state()));
    EXPECT_FALSE(picture.has_gap);
    EXPECT_EQ(picture.live["loads"][0]["override"]["action"], "STOP");
}

TEST_F(LiveFeed, SendsOnlyTheKeysThatChanged) {
    Peer reader = house.websocket();
    expect_open(reader, 101);
    const Json before = (*reader.frame())["data"];
    house.ask("PUT", "/api/v1/autonomy", R"({"level":"SEMI"})");
    house.live(5'000);
    bool has_seen_autonomy = false;
    for (Json message = *reader.frame(); message["type"] != "ping"; message = *reader.frame()) {
        if (message["type"] != "state") continue;
        EXPECT_FALSE(message["data"].contains("site"));
        for (const auto& [key, value] : message["data"].items())
            EXPECT_TRUE(before.contains(key)) << key;
        has_seen_autonomy |= message["data"].contains("autonomy");
    }
    EXPECT_TRUE(has_seen_autonomy);
}

TEST_F(LiveFeed, IsTheSameAsAnEventStream) {
    Peer stream = house.event_stream();
    expect_open(stream, 200);
    const Json first = *stream.event();
    EXPECT_EQ(first["type"], "snapshot");
    EXPECT_EQ(first["id"], first["seq"].dump()) << "for Last-Event-ID";
    house.live(5'000);
    Picture picture;
    picture.take(first);
    for (Json event = *stream.event(); event["type"] != "ping"; event = *stream.event())
        picture.take(event);
    EXPECT_FALSE(picture.has_gap);
    Peer answer = house.event_stream();
    EXPECT_EQ(answer.answer()->headers.at("content-type"), "text/event-stream");
}

TEST_F(LiveFeed, ResumesWithoutAGap) {
    Picture picture;
    {
        Peer reader = house.websocket();
        expect_open(reader, 101);
        picture.take(*reader.frame());
    }
    house.live(60'000);
    Peer again = house.websocket("?since=" + std::to_string(picture.sequence));
    expect_open(again, 101);
    const Json next = *again.frame();
    EXPECT_NE(next["type"], "snapshot");
    EXPECT_EQ(next["seq"], picture.sequence + 1);
    picture.take(next);
    EXPECT_TRUE(follows(again, picture, state()));
    EXPECT_FALSE(picture.has_gap);

    Peer stream = house.event_stream("", {{"Last-Event-ID", next["seq"].dump()}});
    expect_open(stream, 200);
    EXPECT_EQ((*stream.event())["seq"], next["seq"].get<std::int64_t>() + 1);
}

TEST_F(LiveFeed, GivesASnapshotToWhoWasAwayTooLongOrCountsFromAnotherRun) {
    Peer reader = house.websocket();
    expect_open(reader, 101);
    const std::int64_t old = (*reader.frame())["seq"];
    house.live(60 * 60'000);
    for (const std::int64_t since : {old, old + 10'000'000, std::int64_t{1}, std::int64_t{1'000}}) {
        Peer again = house.websocket("?since=" + std::to_string(since));
        expect_open(again, 101);
        EXPECT_EQ((*again.frame())["type"], "snapshot") << since - old;
    }
    ServedHouse another;
    EXPECT_GT(std::abs(another.server->sequence() - house.server->sequence()), 10'000);
}

TEST_F(LiveFeed, RefusesAPlaceThatIsNoNumber) {
    for (const char* query : {"?since=x", "?since=-1", "?since=1&since=2", "?from=1"})
        EXPECT_EQ(house.websocket(query).answer()->status, 400) << query;
    EXPECT_EQ(house.event_stream("", {{"Last-Event-ID", "abc"}}).answer()->status, 400);
}

TEST_F(LiveFeed, DropsASlowReaderToASnapshotAndKeepsTheOthersWhole) {
    Peer quick = house.websocket();
    expect_open(quick, 101);
    Peer slow{house.io, house.server->port(), Peer::Buffer::Small};
    slow.say("GET /api/v1/ws HTTP/1.1\r\nHost: " + house.host() +
             "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13"
             "\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    slow.wait_for([&] { return house.server->readers() == 2; });
    Picture mine;
    while (mine.live.is_null()) mine.take(*quick.frame());
    // Far more than socket buffers and the queue of one reader hold, and soon over: who takes
    // nothing at all for ten seconds is thrown out.
    const core::Event long_event{ServedHouse::kTenOClock,
                                 core::ConfigLoaded{"v", std::string(100'000, 'x')}};
    for (int i = 0; i < 50; ++i) {
        house.server->told(long_event, nullptr);
        if (i % 20 == 0) house.live(10'000);
        while (mine.sequence < house.server->sequence()) {
            const auto message = quick.frame();
            ASSERT_TRUE(message);
            mine.take(*message);
        }
    }
    EXPECT_FALSE(mine.has_gap);
    EXPECT_EQ(mine.live, state());
    EXPECT_GE(house.server->readers(), 2u) << "slow, but not thrown out";

    expect_open(slow, 101);
    Picture late;
    int snapshots = 0;
    for (const Json now = state(); late.live != now;) {
        const auto message = slow.frame();
        ASSERT_TRUE(message);
        snapshots += (*message)["type"] == "snapshot" ? 1 : 0;
        late.take(*message);
    }
    EXPECT_GE(snapshots, 2) << "one at first, one after what it missed";
    EXPECT_FALSE(late.has_gap) << "a snapshot bridges it";
}

TEST_F(LiveFeed, ServesAHundredReadersAtOnce) {
    std::vector<std::unique_ptr<Peer>> readers;
    for (int i = 0; i < 100; ++i) {
        readers.push_back(
            std::make_unique<Peer>(i % 2 == 0 ? house.websocket() : house.event_stream()));
        expect_open(*readers.back(), i % 2 == 0 ? 101 : 200);
    }
    EXPECT_EQ(house.server->readers(), 100u);
    house.post("/api/v1/override", {{"action", "STOP"}});
    house.live(10'000);
    const std::int64_t last = house.server->sequence();
    for (std::size_t i = 0; i < readers.size(); ++i) {
        Picture picture;
        while (picture.sequence < last) {
            const auto message = i % 2 == 0 ? readers[i]->frame() : readers[i]->event();
            ASSERT_TRUE(message) << i;
            picture.take(*message);
        }
        EXPECT_FALSE(picture.has_gap) << i;
        EXPECT_EQ(picture.live["loads"][0]["level"], "off") << i;
    }
    readers.clear();
    Peer last_one = house.peer();
    EXPECT_TRUE(last_one.wait_for([&] { return house.server->readers() == 0; }))
        << "nobody is kept who left";
}

/// Takes everything, and counts.
class CountingChannel final : public net::Channel {
public:
    void send(std::shared_ptr<const std::string> text) override {
        numbers.push_back(Json::parse(*text)["seq"]);
    }
    bool is_slow() const override { return false; }
    bool is_open() const override { return true; }
    void close() override {}
    std::vector<std::int64_t> numbers;
};

TEST(Feed, LetsTheLoopTurnBetweenManyReadersAndLeavesNobodyOut) {
    std::deque<std::function<void()>> later;
    Feed feed{100, [&](std::function<void()> call) { later.push_back(std::move(call)); }};
    std::vector<std::shared_ptr<CountingChannel>> readers;
    for (std::size_t i = 0; i < 3 * Feed::kReadersInATurn; ++i) {
        readers.push_back(std::make_shared<CountingChannel>());
        feed.join(readers.back(), Feed::Form::WebSocket, 0);
    }
    const auto served = [&](std::size_t messages) {
        return static_cast<std::size_t>(std::ranges::count_if(
            readers, [&](const auto& reader) { return reader->numbers.size() == messages; }));
    };
    feed.state({{"price", 20}});
    EXPECT_EQ(served(2), Feed::kReadersInATurn) << "the others wait for the next turn";
    feed.state({{"price", 21}});
    while (!later.empty()) {
        later.front()();
        later.pop_front();
    }
    for (const auto& reader : readers)
        EXPECT_EQ(reader->numbers, (std::vector<std::int64_t>{100, 101, 102}));
    feed.state({{"price", 22}});
    EXPECT_EQ(served(4), Feed::kReadersInATurn);
    feed.close();
}

TEST_F(LiveFeed, SurvivesReadersThatTalkNonsense) {
    Peer reader = house.websocket();
    expect_open(reader, 101);
    reader.say(std::string("\x81\x85\x01\x02\x03\x04", 6) + "hello");  // masked text: ignored
    reader.say("this is no frame, and much too long" + std::string(10'000, '\xff'));
    EXPECT_TRUE(reader.wait_for_the_end());
    EXPECT_TRUE(reader.wait_for([&] { return house.server->readers() == 0; }));
    EXPECT_EQ(house.get("/api/v1/state").status, 200);
}

TEST_F(LiveFeed, EndsWithTheServer) {
    Peer socket = house.websocket();
    Peer stream = house.event_stream();
    house.server->stop();
    EXPECT_TRUE(socket.wait_for_the_end());
    EXPECT_TRUE(stream.wait_for_the_end());
    EXPECT_EQ(house.server->readers(), 0u);
}

}  // namespace
