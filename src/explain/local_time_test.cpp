// Times as people read them, over every change of the hour of the zones of Europe.
#include "explain/local_time.hpp"

#include <date/tz.h>
#include <gtest/gtest.h>

#include <map>

#include "explain/embedded_locales.hpp"

using namespace bitgrid;
using namespace std::chrono_literals;

namespace {

constexpr const char* kZones[] = {"Europe/Berlin",   "Europe/Vienna",   "Europe/Zurich",
                                  "Europe/Paris",    "Europe/Madrid",   "Atlantic/Canary",
                                  "Europe/Lisbon",   "Atlantic/Azores", "Europe/Dublin",
                                  "Europe/Helsinki", "Europe/Athens",   "Europe/Bucharest"};
const auto kFirst = date::sys_days{date::year{2020} / 1 / 1};
const auto kLast = date::sys_days{date::year{2038} / 1 / 1};

core::UnixTime unix_of(date::sys_seconds time) {
    return {std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count()};
}

std::string read_off(const char* zone, date::sys_seconds time) {
    static const explain::Locale locale{explain::embedded_locale("en")};
    return explain::clock_time(locale, zone, unix_of(time), unix_of(time));
}

// The rule of the European Union, written down anew: last Sundays of March and October, 01:00 UTC.
bool is_summer(date::sys_seconds time) {
    const date::year year = date::year_month_day{date::floor<date::days>(time)}.year();
    const auto change = [year](date::month month) {
        return date::sys_days{year / month / date::Sunday[date::last]} + 1h;
    };
    return time >= change(date::March) && time < change(date::October);
}

std::chrono::hours winter_offset(const std::string& zone) {
    static const std::map<std::string, std::chrono::hours> kOthers{
        {"Atlantic/Canary", 0h}, {"Europe/Lisbon", 0h},   {"Atlantic/Azores", -1h},
        {"Europe/Dublin", 0h},   {"Europe/Helsinki", 2h}, {"Europe/Athens", 2h},
        {"Europe/Bucharest", 2h}};
    const auto found = kOthers.find(zone);
    return found == kOthers.end() ? 1h : found->second;
}

// The library reads the table of the system's time zones, which ends with 2037.
TEST(LocalTime, FollowsTheLawOverEveryChangeOfTheHourFrom2020To2037) {
    for (const char* zone : kZones) {
        int changes = 0;
        for (date::year year{2020}; year <= date::year{2037}; ++year)
            for (const date::month month : {date::March, date::October}) {
                const date::sys_seconds change =
                    date::sys_days{year / month / date::Sunday[date::last]} + 1h;
                // Two hours on either side, so that the hour that is missing or comes twice is in.
                for (auto time = change - 2h; time <= change + 2h; time += 5min) {
                    const auto offset = winter_offset(zone) + (is_summer(time) ? 1h : 0h);
                    ASSERT_EQ(read_off(zone, time), date::format("%H:%M", time + offset))
                        << zone << " " << date::format("%F %T", time);
                }
                ++changes;
            }
        EXPECT_EQ(changes, 36);
    }
}

TEST(LocalTime, KeepsBlocksApartThatCarryTheSameTimeOfDay) {
    const date::sys_seconds change =
        date::sys_days{date::year{2026} / date::October / date::Sunday[date::last]} + 1h;
    constexpr std::int64_t kBlock = 600'000;
    EXPECT_EQ(read_off("Europe/Berlin", change - 30min), read_off("Europe/Berlin", change + 30min));
    EXPECT_EQ(core::block_of(unix_of(change + 30min), kBlock) -
                  core::block_of(unix_of(change - 30min), kBlock),
              6);
}

TEST(LocalTime, GivesEveryDayOfTheCalendarItsBlocksAndNoneTwice) {
    constexpr std::int64_t kBlock = 600'000;
    const date::time_zone* const berlin = date::locate_zone("Europe/Berlin");
    core::BlockId next = core::block_of(
        unix_of(berlin->to_sys(date::local_days{date::year_month_day{kFirst}} + 0s)), kBlock);
    std::map<core::BlockId, int> days;
    for (auto day = kFirst; day < kLast; day += date::days{1}) {
        const date::local_days local{date::year_month_day{day}};
        const auto begin = core::block_of(unix_of(berlin->to_sys(local + 0s)), kBlock);
        const auto end =
            core::block_of(unix_of(berlin->to_sys(local + date::days{1} + 0s)), kBlock);
        ASSERT_EQ(begin, next) << date::format("%F", day);
        next = end;
        ++days[end - begin];
    }
    EXPECT_EQ(days, (std::map<core::BlockId, int>{{138, 18}, {144, 6'539}, {150, 18}}));
}

}  // namespace
