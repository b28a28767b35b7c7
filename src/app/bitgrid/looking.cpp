#include "app/bitgrid/looking.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <iostream>

#include "wire/time_text.hpp"

namespace bitgrid::app {
namespace {

std::optional<std::int64_t> milliseconds_of(char unit) {
    switch (unit) {
        case 'm':
            return 60'000;
        case 'h':
            return 3'600'000;
        case 'd':
            return 86'400'000;
        default:
            return std::nullopt;
    }
}

std::optional<core::UnixTime> back_from(core::UnixTime now, const std::string& text) {
    constexpr int kMost = 1'000'000;
    const auto unit = milliseconds_of(text.empty() ? ' ' : text.back());
    int count = 0;
    const char* const last = text.data() + (text.empty() ? 0 : text.size() - 1);
    const auto [end, error] = std::from_chars(text.data(), last, count);
    if (!unit || error != std::errc{} || end != last || count < 0 || count > kMost)
        return std::nullopt;
    return now + -count * *unit;
}

}  // namespace

void Looking::add_to(CLI::App& verb) {
    verb.add_option("--data", data, "folder of the journal")->capture_default_str();
    verb.add_option("--lang,--language", language, "de or en; else that of the environment")
        ->check(CLI::IsMember({"de", "en"}));
    verb.add_flag("--json", is_json, "for machines");
}

bool environment_is_german() {
    for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
        const char* const value = std::getenv(name);
        if (value != nullptr && *value != '\0') return std::string_view{value}.starts_with("de");
    }
    return false;
}

bool Looking::is_german() const {
    return language.empty() ? environment_is_german() : language == "de";
}

int refuse(int exit_code, const std::string& what) {
    std::cerr << "bitgrid: " << what << '\n';
    return exit_code;
}

core::Result<core::UnixTime> read_moment(const std::string& text, core::UnixTime now) {
    constexpr std::size_t kDaySize = 10;
    if (const auto back = back_from(now, text)) return *back;
    if (auto time = wire::parse_time(text.size() == kDaySize ? text + "T00:00Z" : text))
        return time;
    return core::Error{core::ErrorCode::BadInput,
                       "'" + text +
                           "' is no time; allowed: 2026-06-15, 2026-06-15T10:00Z, or back from now "
                           "like 90m, 36h, 7d"};
}

std::string on_the_clock(const std::string& iso) {
    const auto time = wire::parse_time(iso);
    if (!time) return iso;
    const std::time_t seconds = time->ms / 1'000;
    std::tm local{};
    if (localtime_r(&seconds, &local) == nullptr) return iso;
    std::array<char, 32> text{};
    const std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M", &local);
    return {text.data(), size};
}

void Period::add_to(CLI::App& verb) {
    verb.add_option("--since", since, "from then on: 2026-06-15, 2026-06-15T10:00Z, 36h, 7d");
    verb.add_option("--until", until, "up to then");
}

core::Result<void> Period::read_into(ports::HistoryQuery& query) const {
    using namespace std::chrono;
    const core::UnixTime now{
        duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count()};
    for (const auto& [text, moment] : {std::pair{&since, &query.since}, {&until, &query.until}}) {
        if (text->empty()) continue;
        auto read = read_moment(*text, now);
        if (!read) return read.error();
        *moment = *read;
    }
    return {};
}

}  // namespace bitgrid::app
