#include "explain/local_time.hpp"

#include <date/tz.h>

#include <chrono>

namespace bitgrid::explain {
namespace {

using Moment = date::sys_time<std::chrono::milliseconds>;
using LocalMoment = date::local_time<std::chrono::milliseconds>;

struct Shown {
    LocalMoment when;
    LocalMoment now;
    bool is_utc;
};

Shown shown(std::string_view time_zone, Moment when, Moment now) {
    try {
        const date::time_zone* zone = date::locate_zone(std::string{time_zone});
        return {zone->to_local(when), zone->to_local(now), false};
    } catch (const std::runtime_error&) {
        return {LocalMoment{when.time_since_epoch()}, LocalMoment{now.time_since_epoch()}, true};
    }
}

}  // namespace

std::string clock_time(const Locale& locale, std::string_view time_zone, core::UnixTime when,
                       core::UnixTime now) {
    const Moment minute{
        date::ceil<std::chrono::minutes>(Moment{std::chrono::milliseconds{when.ms}})};
    const auto [local, local_now, is_utc] =
        shown(time_zone, minute, Moment{std::chrono::milliseconds{now.ms}});
    const auto days = date::floor<date::days>(local) - date::floor<date::days>(local_now);
    std::string text = date::format("%H:%M", date::floor<std::chrono::minutes>(local));
    if (days.count() == 1) {
        text.insert(0, std::string{locale.word("general", "tomorrow")} + " ");
    } else if (days.count() != 0) {
        text.insert(0, date::format("%F ", date::floor<date::days>(local)));
    }
    return is_utc ? text + " UTC" : text;
}

}  // namespace bitgrid::explain
