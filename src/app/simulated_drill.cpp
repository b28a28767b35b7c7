#include "app/simulated_drill.hpp"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <optional>

#include "app/demo_home.hpp"
#include "net/http_client.hpp"
#include "net/manual_clock.hpp"
#include "wire/bounded_json.hpp"

namespace bitgrid::app {
namespace {

namespace fs = std::filesystem;

constexpr core::UnixTime kLateMorning{1'716'282'000'000};  // 2024-05-21T09:00Z, of the record
constexpr const char* kLoad = "miner";
constexpr double kPollS = 1;
constexpr std::int64_t kReadyMs = std::int64_t{30} * 60'000;
constexpr auto kNothingMoves = std::chrono::seconds{5};
constexpr wire::JsonBounds kAnswer{1 << 20, 32};

/// The house's journal, gone with it.
class PassingFolder {
public:
    PassingFolder() {
        if (mkdtemp(path_.data()) == nullptr)
            throw std::runtime_error{"no temporary folder: " + path_};
    }
    ~PassingFolder() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    PassingFolder(const PassingFolder&) = delete;
    PassingFolder& operator=(const PassingFolder&) = delete;
    const std::string& path() const { return path_; }

private:
    std::string path_{(fs::temp_directory_path() / "bitgrid-drill-XXXXXX").string()};
};

class Stage {
public:
    core::Result<void> open() {
        auto home = DemoHome::open(io_, clock_, {"", folder_.path(), "", 0, kPollS, false});
        if (!home) return home.error();
        home_ = std::move(home).value();
        if (const auto started = home_->controller().start(); !started) return started;
        order("battery_soc 80");  // above every reserve: the house itself objects to nothing
        for (std::int64_t t = 0; t < kReadyMs && !home_->controller().engine().is_ready();
             t += 1'000)
            pass(1'000);
        return {};
    }
    void pass(std::int64_t ms) {
        const core::MonoTime end = clock_.mono() + ms;
        while (clock_.mono() < end) {
            const auto due = clock_.next_due();
            const std::int64_t left = end - clock_.mono();
            clock_.advance(due ? std::clamp<std::int64_t>(*due - clock_.mono(), 0, left) : left);
            settle();
        }
    }
    void order(const std::string& line) {
        if (const auto done = home_->house().order(line); !done)
            throw std::logic_error{"the simulated house refuses: " + done.error().what};
    }
    core::Result<DrillHouse::Answer> ask(const std::string& method, const std::string& path,
                                         const nlohmann::json& body) {
        net::HttpRequest request;
        request.url =
            "http://127.0.0.1:" + std::to_string(home_->controller().api_port()) + "/api/v1" + path;
        request.method = method;
        if (!body.is_null()) {
            request.headers.emplace_back("Content-Type", "application/json");
            request.body = body.dump();
        }
        std::optional<core::Result<net::HttpResponse>> got;
        client_.request(std::move(request), [&got](core::Result<net::HttpResponse> answer) {
            got = std::move(answer);
        });
        io_.restart();
        while (!got && io_.run_one_for(kNothingMoves) > 0) {
        }
        if (!got) return core::Error{core::ErrorCode::Timeout, "the simulated house is silent"};
        if (!*got) return got->error();
        auto json = wire::parse_json((*got)->body, kAnswer);
        if (!json) return json.error();
        return DrillHouse::Answer{(*got)->status, std::move(*json)};
    }
    void close() {
        bool is_over = false;
        home_->controller().shut_down(60'000, [&is_over] { is_over = true; });
        for (int s = 0; s < 120 && !is_over; ++s) pass(1'000);
    }

private:
    void settle() {
        io_.restart();
        io_.poll();
        while (!home_->controller().is_quiet())
            if (io_.run_one_for(kNothingMoves) == 0) break;
        while (io_.poll() > 0) {
        }
    }

    PassingFolder folder_;
    boost::asio::io_context io_{1};
    net::ManualClock clock_{kLateMorning};
    std::unique_ptr<DemoHome> home_;
    net::HttpClient client_{io_};
};

}  // namespace

core::Result<DrillOutcome> drill_in_simulated_house(
    const std::function<void(const core::DrillStep&)>& told,
    const std::function<bool()>& is_ending) {
    Stage stage;
    if (const auto opened = stage.open(); !opened) return opened.error();
    DrillHouse house;
    house.ask = [&stage](const std::string& method, const std::string& path,
                         const nlohmann::json& body) { return stage.ask(method, path, body); };
    house.pause = [&](double seconds) {
        stage.pass(static_cast<std::int64_t>(seconds * 1'000));
        return !is_ending();
    };
    house.order = [&stage](const std::string& line) { stage.order(line); };
    house.told = told;
    DrillOutcome outcome = drill(house, kLoad);
    stage.close();
    return outcome;
}

}  // namespace bitgrid::app
