// Previews of a house that lives, over real sockets and a real journal: what they say, and that
// they leave no trace.
#include "app/previews.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "app/demo_home.hpp"
#include "app/recall.hpp"
#include "core/sample_home.hpp"
#include "net/http_client.hpp"
#include "net/manual_clock.hpp"
#include "ops/scratch_folder.hpp"
#include "wire/decision_json.hpp"

using namespace bitgrid;
using Json = nlohmann::json;
using testing::HasSubstr;

namespace {

constexpr core::UnixTime kBegin{1'716'286'500'000};  // 2024-05-21T10:15Z, a sunny day

struct Answered {
    int status{0};
    Json body;
};

class PreviewedHouse : public ::testing::Test {
protected:
    PreviewedHouse() {
        const auto story = folder.write("quiet.story", "day 2024-05-21\n00:00 battery_soc 80\n");
        auto opened = app::DemoHome::open(io, clock, {story.string(), data(), "", 0, 5, false});
        if (!opened) throw std::runtime_error{opened.error().what};
        home = std::move(opened).value();
        if (const auto started = home->controller().start(); !started)
            throw std::runtime_error{started.error().what};
        settle();
    }
    std::string data() const { return (folder.path() / "data").string(); }

    void settle() {
        io.restart();
        io.poll();
        while (!home->controller().is_quiet())
            if (io.run_one_for(std::chrono::seconds{5}) == 0) break;
        while (io.poll() > 0) {
        }
    }
    void live(int minutes) {
        const core::MonoTime end = clock.mono() + std::int64_t{minutes} * 60'000;
        while (clock.mono() < end) {
            const auto due = clock.next_due();
            clock.advance(due ? std::max<std::int64_t>(*due - clock.mono(), 0) : 1000);
            settle();
        }
    }
    Answered post(const Json& body) {
        net::HttpRequest request;
        request.url =
            "http://127.0.0.1:" + std::to_string(home->controller().api_port()) + "/api/v1/preview";
        request.method = "POST";
        request.headers.emplace_back("Content-Type", "application/json");
        request.body = body.dump();
        std::optional<core::Result<net::HttpResponse>> response;
        net::HttpClient client{io};
        client.request(request, [&](auto got) { response = std::move(got); });
        io.restart();
        while (!response) io.run_one();
        if (!*response) return {0, (*response).error().what};
        return {(*response)->status, Json::parse((*response)->body, nullptr, false)};
    }
    std::vector<ports::StoredEvent> journal() {
        auto reader = store::JournalReader::open(data() + "/bitgrid.sqlite");
        ports::HistoryQuery all;
        all.only_decisions = false;
        all.limit = 1000;
        return reader->find(all).value();
    }
    core::Memory memory() { return home->controller().engine().next_case()->memory; }

    ops::ScratchFolder folder;
    boost::asio::io_context io;
    net::ManualClock clock{kBegin};
    std::unique_ptr<app::DemoHome> home;
};

TEST_F(PreviewedHouse, IsNotReadyBeforeItsFirstDecision) {
    const Answered answer = post({{"signals", {{"pv_power_w", 0}}}});
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(answer.body["code"], "NOT_READY");
}

TEST_F(PreviewedHouse, SaysInBothLanguagesWhatTheNextBlockWouldDecide) {
    live(21);
    const Answered same = post(Json::object());
    ASSERT_EQ(same.status, 200) << same.body;
    EXPECT_EQ(same.body["preview"], true);
    const std::size_t loads = home->controller().config().loads.size();
    ASSERT_EQ(same.body["loads"].size(), loads);
    for (std::size_t i = 0; i < loads; ++i) {
        const auto next = home->controller().engine().preview(i);
        const Json& load = same.body["loads"][i];
        EXPECT_EQ(load["before"], load["after"]);
        EXPECT_EQ(load["before"]["explain"], wire::explanation_json(next->text));
        EXPECT_EQ(load["before"]["decision_code"], core::name_of(next->decision.code));
    }
    const Answered dark = post({{"load", "miner"}, {"signals", {{"battery_soc_pct", 12}}}});
    const Json& then = dark.body["loads"][0]["after"];
    EXPECT_EQ(then["decision_code"], "STOP_R2_SOC_HARD_MIN");
    EXPECT_THAT(then["explain"]["de"]["short"].get<std::string>(), HasSubstr("12 %"));
    EXPECT_THAT(then["explain"]["en"]["short"].get<std::string>(), HasSubstr("12 %"));
}

TEST_F(PreviewedHouse, KeepsNoTraceOfBeingAsked) {
    live(21);
    const auto rows = journal();
    const core::Memory before = memory();
    const auto levels = [&] {
        std::vector<core::Target> all;
        for (const ports::LoadView& load : home->controller().engine().look().loads)
            all.push_back(load.memory.target);
        return all;
    };
    const auto levels_before = levels();
    const auto watts = [&] { return home->house().now().miner.power_w(); };
    const double watts_before = watts();
    const std::string id = Json::parse(rows.front().json).value("decision_id", "");
    for (const Json& body :
         {Json{{"signals", {{"miner.temp_c", 140}}}}, Json{{"rules", {{"max_chip_temp_c", 1}}}},
          Json{{"signals", {{"pv_power_w", 0}, {"grid_import_w", 9'000}}}},
          Json{{"signals", {{"pv_power_w", "x"}}}}, Json{{"decision_id", "nobody"}}})
        for (int i = 0; i < 20; ++i) post(body);
    settle();
    const auto rows_after = journal();
    ASSERT_EQ(rows_after.size(), rows.size());
    EXPECT_EQ(rows_after.front().hash, rows.front().hash);
    EXPECT_EQ(memory(), before);
    EXPECT_EQ(levels(), levels_before);
    EXPECT_EQ(watts(), watts_before);
    EXPECT_EQ(home->controller().config().rules.max_chip_temp.value, 85);
}

TEST_F(PreviewedHouse, AnswersForAMomentOfThePastWithTheConfigurationOfItsDay) {
    live(21);
    Json decision;
    for (const ports::StoredEvent& row : journal())
        if (Json one = Json::parse(row.json);
            one.value("trigger", "") == "BLOCK_TICK" && one.value("load_id", "") == "miner")
            decision = one;
    ASSERT_TRUE(decision.is_object());
    app::Installation other = home->controller().installation();
    other.config.rules.surplus_min = core::Kilowatts{900};
    other.config.rules.surplus_throttle_min = core::Kilowatts{800};
    ASSERT_TRUE(home->controller().use(other, "test"));
    settle();
    const Answered same = post({{"decision_id", decision["decision_id"]}});
    ASSERT_EQ(same.status, 200) << same.body;
    EXPECT_EQ(same.body["basis"], "decision");
    ASSERT_EQ(same.body["loads"].size(), 1u) << "the decision's own";
    const Json& load = same.body["loads"][0];
    EXPECT_EQ(load["repeats"], true);
    EXPECT_EQ(load["after"]["votes"], decision["votes"]) << "not by the rules of now";
    EXPECT_EQ(load["after"]["explain"], decision["explain"]);
    const Answered hot =
        post({{"decision_id", decision["decision_id"]}, {"signals", {{"battery_soc_pct", 3}}}});
    EXPECT_EQ(hot.body["loads"][0]["after"]["decision_code"], "STOP_R2_SOC_HARD_MIN");
    EXPECT_EQ(hot.body["loads"][0]["before"]["decision_code"], decision["decision_code"]);
    EXPECT_EQ(post({{"decision_id", "nobody"}}).status, 404);
}

TEST_F(PreviewedHouse, RecallsWhatWasDecidedTogether) {
    live(31);
    auto reader = store::JournalReader::open(data() + "/bitgrid.sqlite");
    app::Recall recall;
    const auto basis = recall.newest(*reader, clock.wall(), "");
    ASSERT_TRUE(basis) << basis.error().what;
    EXPECT_EQ(basis->recorded.front()["trigger"], "BLOCK_TICK");
    EXPECT_EQ(basis->recorded.size(), home->controller().config().loads.size());
    EXPECT_FALSE(recall.newest(*reader, kBegin, ""));
    EXPECT_THAT(recall.newest(*reader, clock.wall(), "oven").error().what, HasSubstr("oven"));
}

// What the page's tests and the schemas' tests see. BITGRID_WRITE_EXAMPLES=1 writes it anew.
TEST(PreviewExample, IsWhatTheProgramSays) {
    core::sample::Home home;
    home.config.loads[0].id = "miner";
    home.config.loads[0].name = "Avalon";
    home.surplus(0.42).soc(72).price(18.4).temp(61);
    home.state.site.grid_export = core::admit<core::Watts>(core::Signal::GridExport, 420);
    const explain::Narrator narrator;
    const auto say = [&](const std::string& decision_id, const Json& body) {
        const auto request = research::what_if_request(body.dump());
        const research::WhatIfBasis basis{
            {home.config, home.memory, home.state, core::Occasion::tick()}, decision_id, {}};
        return research::what_if(basis, *request, narrator).value();
    };
    const Json request{{"load", "miner"},
                       {"signals", {{"pv_power_w", 2'600}}},
                       {"rules", {{"surplus_min_kw", 1.4}}}};
    const Json example{{"request", request},
                       {"now", say("", Json::object())},
                       {"changed", say("", request)},
                       {"decision", say("018f9aa2-0349-7000-addf-e606ad949306", Json::object())}};
    EXPECT_EQ(example["changed"]["loads"][0]["after"]["action"], "START");
    constexpr const char* kPath = "schemas/examples/what_if.json";
    const std::string text = example.dump(2) + "\n";
    if (std::getenv("BITGRID_WRITE_EXAMPLES") != nullptr) std::ofstream{kPath} << text;
    std::ifstream file{kPath};
    std::stringstream kept;
    kept << file.rdbuf();
    EXPECT_EQ(kept.str(), text);
}

}  // namespace
