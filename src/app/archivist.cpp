#include "app/archivist.hpp"

#include <fstream>
#include <sstream>

#include "wire/bounded_json.hpp"

namespace bitgrid::app {
namespace {

constexpr std::int64_t kMinuteMs = 60'000;
constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::int64_t kFirstLookMs = 15'000;  // the start is for other things
constexpr std::int64_t kLookEveryMs = 10 * kMinuteMs;
constexpr std::int64_t kAfterMidnightMs = 5 * kMinuteMs;
constexpr std::int64_t kPatienceMs = 30 * kMinuteMs;  // months may wait for their first sealing
constexpr const char* kPart = "archive";

// A day is over some minutes after midnight, when its last events are written.
std::int64_t day_to_seal(core::UnixTime now) { return (now.ms - kAfterMidnightMs) / kDayMs; }

/// What `bitgrid seal` leaves beside the database.
struct Report {
    core::ArchiveReported what;
    std::string trouble;
};

core::Result<Report> read_report(const std::string& folder) {
    const std::string path = folder + "/archive.json";
    std::ifstream file{path, std::ios::binary};
    std::ostringstream text;
    text << file.rdbuf();
    const auto json = wire::parse_json(text.str());
    if (!file || !json || !json->is_object())
        return core::Error{core::ErrorCode::Damaged, path + " is no report"};
    const auto text_at = [&](const char* key) {
        const auto found = json->find(key);
        return found != json->end() && found->is_string() ? found->get<std::string>()
                                                          : std::string{};
    };
    const auto number_at = [&](const char* key) {
        const auto found = json->find(key);
        return found != json->end() && found->is_number_integer() ? found->get<std::int64_t>()
                                                                  : std::int64_t{0};
    };
    return Report{
        {number_at("sealed_through"), text_at("head"), number_at("given_up"), text_at("why")},
        text_at("trouble")};
}

}  // namespace

Archivist::Archivist(World world, std::string program, store::StoreConfig config)
    : world_{world}, program_{std::move(program)}, config_{std::move(config)} {}

void Archivist::start() {
    if (config_.seal_daily) look_again(kFirstLookMs);
}

void Archivist::stop() {
    timer_.reset();
    patience_.reset();
    child_.reset();
}

void Archivist::rest(bool rests) {
    rests_ = rests;
    if (rests_ && child_) child_->terminate();
}

void Archivist::look_again(std::int64_t delay_ms) {
    timer_ = world_.clock.after(delay_ms, [this] { look(); });
}

void Archivist::look() {
    if (day_to_seal(world_.clock.wall()) != sealed_day_ && !child_ && !rests_) seal();
    look_again(kLookEveryMs);
}

void Archivist::seal() {
    if (program_.empty()) return complain("the program bitgrid is not beside bitgridd");
    auto child = ChildProcess::start(world_.io,
                                     {program_, "seal", "--data", config_.folder, "--keep-years",
                                      std::to_string(config_.keep_years), "--keep-words-days",
                                      std::to_string(config_.keep_words_days), "--archive-mb",
                                      std::to_string(config_.archive_mb)},
                                     [this](int code) { sealed(code); });
    if (!child) return complain(child.error().what);
    child_ = std::move(*child);
    patience_ = world_.clock.after(kPatienceMs, [this] { child_->kill(); });
}

void Archivist::sealed(int code) {
    patience_.reset();
    child_.reset();
    if (rests_ && code != 0) return;  // it was told to end
    const auto report = read_report(config_.folder);
    if (!report) return complain(report.error().what);
    if (!report->trouble.empty()) return complain(report->trouble);
    if (code != 0) return complain("the sealing ended with " + std::to_string(code));
    const core::UnixTime now = world_.clock.wall();
    sealed_day_ = day_to_seal(now);
    const core::ArchiveReported& what = report->what;
    if (what.sealed_through != reported_through_ || what.given_up > 0) world_.engine.note(what);
    reported_through_ = what.sealed_through;
    world_.journal.forget(what.sealed_through, now + -config_.hot_days * kDayMs);
    world_.engine.coded(kPart, ports::Condition::Ok, "", "");
}

void Archivist::complain(const std::string& why) {
    world_.engine.coded(kPart, ports::Condition::Warn, "ARCHIVE_BEHIND", why);
}

}  // namespace bitgrid::app
