#include "mirror/outbox.hpp"

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "mirror/testing_mirror.hpp"

using namespace bitgrid;
using namespace bitgrid::mirror;
namespace fs = std::filesystem;
using Json = nlohmann::json;

namespace {

constexpr core::UnixTime kNoon{1'767'225'600'000};

class OutboxTest : public testing::Test {
protected:
    OutboxTest() {
        std::string name = (fs::temp_directory_path() / "bitgrid-outbox-XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
        rules_.consent = "agreed";
        rules_.datasets = {"decisions"};
        rules_.recipients = {secret_.public_key()};
    }
    ~OutboxTest() override { fs::remove_all(folder_); }

    Outbox opened(Files& files) {
        auto outbox =
            Outbox::open(folder_ / "mirror", rules_, signing_key(folder_ / "keys"), files);
        EXPECT_TRUE(outbox) << outbox.error().what;
        return std::move(outbox).value();
    }
    Outbox opened() { return opened(files_); }

    std::vector<Json> lines_of(Outbox& outbox, const Waiting& waiting) {
        const auto segment = outbox.content(waiting);
        EXPECT_TRUE(segment);
        EXPECT_TRUE(checked_head(*segment));
        const auto text = mirror::open(*segment, secret_);
        EXPECT_TRUE(text);
        std::vector<Json> lines;
        std::istringstream in{*text};
        for (std::string line; std::getline(in, line);)
            if (!line.empty()) lines.push_back(Json::parse(line));
        return lines;
    }
    std::vector<std::int64_t> rows_in(Outbox& outbox) {
        std::vector<std::int64_t> rows;
        for (const Waiting& waiting : outbox.waiting())
            for (const Json& line : lines_of(outbox, waiting))
                if (line.contains("seq")) rows.push_back(line["seq"].get<std::int64_t>());
        return rows;
    }
    std::vector<std::int64_t> from_to(std::int64_t first, std::int64_t last) {
        std::vector<std::int64_t> rows;
        for (std::int64_t i = first; i <= last; ++i) rows.push_back(i);
        return rows;
    }

    fs::path folder_;
    OutboxRules rules_;
    crypto::RecipientSecret secret_ = fresh_secret();
    MemoryJournal journal_;
    Files files_;
};

TEST_F(OutboxTest, ClosesASegmentWhenItIsTimeAndNotBefore) {
    auto outbox = opened();
    journal_.add(3);
    ASSERT_TRUE(*outbox.close(journal_, kNoon, false));
    journal_.add(2);
    EXPECT_FALSE(*outbox.close(journal_, kNoon + (rules_.period_ms - 1), false));
    EXPECT_TRUE(*outbox.close(journal_, kNoon + rules_.period_ms, false));
    EXPECT_FALSE(*outbox.close(journal_, kNoon + 3 * rules_.period_ms, false)) << "nothing is new";
    EXPECT_EQ(rows_in(outbox), from_to(1, 5));
    EXPECT_EQ(outbox.waiting().size(), 2U);
}

TEST_F(OutboxTest, ClosesAFullOneAtOnce) {
    rules_.most_text = 2'000;
    auto outbox = opened();
    journal_.add(1);
    ASSERT_TRUE(*outbox.close(journal_, kNoon, false));
    journal_.add(40);
    while (*outbox.close(journal_, kNoon, false)) {
    }
    EXPECT_EQ(rows_in(outbox).front(), 1);
    EXPECT_GT(outbox.waiting().size(), 3U);
    EXPECT_TRUE(*outbox.close(journal_, kNoon, true)) << "the rest";
    EXPECT_EQ(rows_in(outbox), from_to(1, 41));
}

TEST_F(OutboxTest, KeepsAnEventToTheByteWithItsHashes) {
    auto outbox = opened();
    journal_.add(1);
    ASSERT_TRUE(*outbox.close(journal_, kNoon, true));
    const auto segment = outbox.content(outbox.waiting().front());
    const auto text = mirror::open(*segment, secret_);
    const Row& row = journal_.rows().front();
    EXPECT_NE(text->find("\"event\":" + row.json + "}\n"), std::string::npos);
    EXPECT_NE(text->find(row.hash), std::string::npos);
}

TEST_F(OutboxTest, LinksEachSegmentToTheOneBefore) {
    auto outbox = opened();
    crypto::Hash before{};
    for (int i = 0; i < 3; ++i) {
        journal_.add(1);
        ASSERT_TRUE(*outbox.close(journal_, kNoon, true));
        const auto segment = outbox.content(outbox.waiting().back());
        const auto head = checked_head(*segment);
        ASSERT_TRUE(head);
        EXPECT_EQ(head->previous, before);
        EXPECT_EQ(head->number, static_cast<std::uint64_t>(i + 1));
        before = crypto::sha256(*segment);
    }
    EXPECT_EQ(outbox.progress().previous, before);
}

// The power fails at each step there is, and once more while it is repaired.
TEST_F(OutboxTest, LeavesOutNoRowAndDoublesNoneWhereverThePowerFails) {
    rules_.most_text = 1'000;
    journal_.add(12);
    int cuts = 0;
    for (int step = 1; step < 200; ++step) {
        fs::remove_all(folder_ / "mirror");
        bool was_cut = false;
        for (const int at : {step, 1 + step / 3, 1'000'000}) {
            DyingFiles dying;
            dying.steps_left = at;
            try {
                auto outbox = opened(dying);
                while (*outbox.close(journal_, kNoon, true)) {
                }
            } catch (const PowerCut&) {
                was_cut = true;
                ++cuts;
            }
        }
        auto outbox = opened();
        EXPECT_EQ(rows_in(outbox), from_to(1, 12)) << "cut at step " << step;
        std::uint64_t number = 1;
        for (const Waiting& waiting : outbox.waiting()) EXPECT_EQ(waiting.number, number++);
        if (!was_cut) break;
    }
    EXPECT_GT(cuts, 30);
}

// Delivered is what was handed over: those who got it never see other bytes under its number.
TEST_F(OutboxTest, NeverSendsOtherBytesUnderANumberThatWasSent) {
    rules_.most_text = 1'000;
    journal_.add(30);
    std::map<std::uint64_t, std::string> received;
    for (int step = 1; step < 120; ++step) {
        DyingFiles dying;
        dying.steps_left = step;
        try {
            auto outbox = opened(dying);
            for (;;) {
                (void)*outbox.close(journal_, kNoon, true);
                const auto waiting = outbox.waiting();
                if (waiting.empty()) break;
                const auto segment = outbox.content(waiting.front());
                const auto known = received.emplace(waiting.front().number, *segment).first;
                ASSERT_EQ(known->second, *segment);
                (void)outbox.forget(waiting.front());
            }
        } catch (const PowerCut&) {
        }
    }
    std::vector<std::int64_t> rows;
    for (const auto& [number, segment] : received) {
        std::istringstream in{*mirror::open(segment, secret_)};
        for (std::string line; std::getline(in, line);)
            if (line.starts_with("{\"seq\"")) rows.push_back(Json::parse(line)["seq"]);
    }
    EXPECT_EQ(rows, from_to(1, 30));
}

TEST_F(OutboxTest, StandsStillOnAFullDiskAndGoesOnAfterIt) {
    DyingFiles files;
    auto outbox = opened(files);
    journal_.add(3);
    files.is_full = true;
    const auto closed = outbox.close(journal_, kNoon, true);
    ASSERT_FALSE(closed);
    EXPECT_EQ(closed.error().code, core::ErrorCode::Unavailable);
    EXPECT_TRUE(files.names_in(folder_ / "mirror" / "spool").empty());
    files.is_full = false;
    ASSERT_TRUE(*outbox.close(journal_, kNoon, true));
    EXPECT_EQ(rows_in(outbox), from_to(1, 3));
}

TEST_F(OutboxTest, DropsTheOldestAndTellsOfItInTheNext) {
    rules_.spool_bytes = 40'000;  // two of them
    auto outbox = opened();
    for (int i = 0; i < 5; ++i) {
        journal_.add(2);
        ASSERT_TRUE(*outbox.close(journal_, kNoon, true));
    }
    ASSERT_EQ(outbox.waiting().size(), 2U);
    EXPECT_EQ(outbox.waiting().front().number, 4U);
    const auto lines = lines_of(outbox, outbox.waiting().back());
    ASSERT_TRUE(lines[1].contains("gap")) << lines[1];
    EXPECT_EQ(lines[1]["gap"]["reason"], "spool_full");
    EXPECT_EQ(lines[1]["gap"]["segments"], Json({1, 3}));
    EXPECT_EQ(lines[1]["gap"]["rows"], Json({1, 6}));
}

// Who never gets the segment that told of a gap is told by a later one.
TEST_F(OutboxTest, TellsOfAGapUntilSomebodyWasTold) {
    rules_.spool_bytes = 40'000;
    auto outbox = opened();
    for (int i = 0; i < 3; ++i) {
        journal_.add(1);
        ASSERT_TRUE(*outbox.close(journal_, kNoon, true));
    }
    ASSERT_EQ(outbox.progress().gaps.size(), 1U);
    ASSERT_TRUE(outbox.forget(outbox.waiting().front()));  // 2, which was closed before the gap
    ASSERT_EQ(outbox.progress().gaps.size(), 1U);
    ASSERT_TRUE(outbox.forget(outbox.waiting().front()));
    EXPECT_TRUE(outbox.progress().gaps.empty());
    journal_.add(1);
    ASSERT_TRUE(*outbox.close(journal_, kNoon, true));
    EXPECT_FALSE(lines_of(outbox, outbox.waiting().back())[1].contains("gap"));
}

TEST_F(OutboxTest, DropsWhatIsTooOld) {
    auto outbox = opened();
    for (int i = 0; i < 3; ++i) {
        journal_.add(1);
        ASSERT_TRUE(*outbox.close(journal_, kNoon + i * rules_.spool_ms, true));
    }
    EXPECT_EQ(outbox.waiting().size(), 2U);
    ASSERT_TRUE(outbox.bound(kNoon + 10 * rules_.spool_ms));
    EXPECT_EQ(outbox.waiting().size(), 1U) << "the newest one stays";
}

TEST_F(OutboxTest, DropsCompletelyWhereverThePowerFails) {
    journal_.add(1);
    for (int step = 1; step < 60; ++step) {
        fs::remove_all(folder_ / "mirror");
        rules_.spool_bytes = 500'000;
        {
            auto outbox = opened();
            for (int i = 0; i < 4; ++i) {
                journal_.add(1);
                ASSERT_TRUE(*outbox.close(journal_, kNoon, true));
            }
        }
        rules_.spool_bytes = 20'000;
        DyingFiles dying;
        dying.steps_left = step;
        try {
            auto outbox = opened(dying);
            (void)outbox.bound(kNoon);
        } catch (const PowerCut&) {
        }
        auto outbox = opened();
        ASSERT_TRUE(outbox.bound(kNoon));
        ASSERT_EQ(outbox.waiting().size(), 1U);
        ASSERT_EQ(outbox.progress().gaps.size(), 1U);
        EXPECT_EQ(outbox.progress().gaps.front().first_segment, 1U);
        EXPECT_EQ(outbox.progress().gaps.front().last_segment, 3U);
        EXPECT_EQ(files_.names_in(folder_ / "mirror" / "spool").size(), 1U);
    }
}

TEST_F(OutboxTest, TellsOfRowsThatWerePrunedBeforeTheyWereRead) {
    auto outbox = opened();
    journal_.add(3);
    ASSERT_TRUE(*outbox.close(journal_, kNoon, true));
    journal_.add(7);
    journal_.prune_before(8);
    ASSERT_TRUE(*outbox.close(journal_, kNoon, true));
    const auto lines = lines_of(outbox, outbox.waiting().back());
    EXPECT_EQ(lines[1]["gap"]["reason"], "journal_pruned");
    EXPECT_EQ(lines[1]["gap"]["rows"], Json({4, 7}));
    EXPECT_EQ(lines[2]["seq"], 8);
}

TEST_F(OutboxTest, ReadsAnotherJournalFromItsBeginning) {
    auto outbox = opened();
    journal_.add(5);
    ASSERT_TRUE(*outbox.close(journal_, kNoon, true));
    for (const int rows : {7, 2}) {  // longer than the one before, shorter than it
        journal_.replace("number " + std::to_string(rows));
        journal_.add(rows);
        ASSERT_TRUE(*outbox.close(journal_, kNoon, true));
        const auto lines = lines_of(outbox, outbox.waiting().back());
        EXPECT_EQ(lines[1]["gap"]["reason"], "journal_replaced");
        EXPECT_EQ(lines[2]["seq"], 1);
        EXPECT_EQ(lines.size(), static_cast<std::size_t>(2 + rows));
    }
}

TEST_F(OutboxTest, BeginsAnewUnderAnotherConsentAndSendsNothingOfTheOldOne) {
    StreamId stream{};
    {
        auto outbox = opened();
        journal_.add(5);
        ASSERT_TRUE(*outbox.close(journal_, kNoon, true));
        stream = outbox.progress().stream;
    }
    rules_.consent = "agreed anew";
    rules_.begins_after = 4;
    auto outbox = opened();
    EXPECT_TRUE(outbox.waiting().empty());
    EXPECT_NE(outbox.progress().stream, stream);
    ASSERT_TRUE(*outbox.close(journal_, kNoon, true));
    EXPECT_EQ(rows_in(outbox), from_to(5, 5));
}

TEST_F(OutboxTest, LeavesNothingBehindWhenItIsWiped) {
    auto outbox = opened();
    journal_.add(5);
    ASSERT_TRUE(*outbox.close(journal_, kNoon, true));
    ASSERT_TRUE(Outbox::wipe(folder_ / "mirror", files_));
    EXPECT_TRUE(files_.names_in(folder_ / "mirror" / "spool").empty());
    const auto progress = Outbox::look(folder_ / "mirror", files_);
    ASSERT_FALSE(progress);
    EXPECT_EQ(progress.error().code, core::ErrorCode::NotFound);
}

TEST_F(OutboxTest, RefusesProgressThatCannotBeRead) {
    (void)opened();
    for (const char* text : {"", "{}", "[1]", R"({"stream":"zz"})", "\xff"}) {
        ASSERT_TRUE(files_.keep(folder_ / "mirror" / "progress.json", text));
        const auto outbox =
            Outbox::open(folder_ / "mirror", rules_, signing_key(folder_ / "keys"), files_);
        ASSERT_FALSE(outbox) << text;
        EXPECT_EQ(outbox.error().code, core::ErrorCode::Damaged);
    }
}

TEST(Anonymous, TellsNoNamesNoSentencesNoIds) {
    const Row row{7,
                  R"({"type":"DecisionEvent","load_id":"grandma","block_id":3,"rule":"R1",)"
                  R"("decision_code":"START_R1","decision_id":"018f","command_id":"77",)"
                  R"("explain":{"en":{"short":"Grandma's heater starts."}},)"
                  R"("params":{"missing":["grandma/temp_c"]},"memory":{"loads":{"grandma":1}},)"
                  R"("votes":[{"rule":"R1","code":"START_R1","text":"grandma","facts":[]}],)"
                  R"("state":{"pv_power_w":[5,0,"good"],"loads":{"grandma":{"power_w":[3,0]}}}})",
                  "aa", "bb"};
    const auto line = anonymous_line_of(row, "salt");
    ASSERT_TRUE(line) << line.error().what;
    for (const char* word : {"randma", "018f", "77", "short", "aa", "bb"})
        EXPECT_EQ(line->find(word), std::string::npos) << word << " in " << *line;
    const Json json = Json::parse(*line);
    EXPECT_EQ(json["event"]["block_id"], 3);
    EXPECT_EQ(json["event"]["state"]["pv_power_w"][0], 5);
    const std::string load = json["event"]["load_id"];
    EXPECT_TRUE(json["event"]["state"]["loads"].contains(load));
    EXPECT_NE(*line, *anonymous_line_of(row, "another salt"));
    EXPECT_FALSE(anonymous_line_of({1, R"({"type":"OverrideSet"})", "", ""}, "salt"));
    EXPECT_FALSE(anonymous_line_of({1, "no json", "", ""}, "salt"));
}

}  // namespace
