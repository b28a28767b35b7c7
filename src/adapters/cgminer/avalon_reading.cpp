#include "adapters/cgminer/avalon_reading.hpp"

#include <algorithm>

#include "adapters/cgminer/bracket_text.hpp"

namespace bitgrid::adapters::cgminer {
namespace {

using Json = nlohmann::json;

constexpr double kSupplyEfficiency = 0.93;
constexpr std::size_t kMostBoards = 8;

std::optional<double> positive(std::optional<double> value) {
    return value && *value > 0 ? value : std::nullopt;
}

std::optional<double> hottest(const BracketText& text) {
    std::optional<double> temp = positive(text.number("TMax"));
    for (std::size_t board = 0; board < kMostBoards; ++board)
        if (const auto other = positive(text.number("MTmax", board)))
            temp = std::max(temp.value_or(*other), *other);
    return temp;
}

// ATA1[power-temp-volt-freq-…]: its first number.
std::optional<double> first_of_dashes(std::optional<std::string_view> value) {
    if (!value) return std::nullopt;
    return finite_number(value->substr(0, value->find('-')));
}

void read_power(const BracketText& text, AvalonReading& reading) {
    reading.power_w = positive(text.number("WALLPOWER"));
    if (!reading.power_w) reading.power_w = positive(text.number("PS", 6));
    if (reading.power_w) return;
    if (const auto dc_w = positive(text.number("PS", 4))) {
        reading.power_w = *dc_w / kSupplyEfficiency;
        reading.is_power_estimated = true;
        return;
    }
    reading.power_w = positive(first_of_dashes(text.text("ATA1")));
}

Phase phase_of(const BracketText& text) {
    const auto soft_off = text.number("SoftOFF");
    if (soft_off && *soft_off > 0) return Phase::Standby;
    const std::string_view state = text.text("SYSTEMSTATU").value_or("");
    if (state.find("In Idle") != std::string_view::npos) return Phase::Standby;
    if (state.find("In Init") != std::string_view::npos) return Phase::Starting;
    if (state.find("In Work") != std::string_view::npos) return Phase::Working;
    return soft_off ? Phase::Working : Phase::Unknown;
}

std::optional<double> number_at(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_number() ? std::optional{found->get<double>()}
                                                       : std::nullopt;
}

AvalonReading read_module(const BracketText& text) {
    AvalonReading reading;
    reading.temp_c = hottest(text);
    read_power(text, reading);
    if (const auto ghs = text.number("GHSspd"); ghs && *ghs >= 0)
        reading.hashrate_ths = *ghs / 1000;
    reading.fan_rpm = text.number("Fan1");
    reading.elapsed_s = text.number("Elapsed");
    if (const auto mode = text.number("WORKMODE"); mode && *mode >= 0 && *mode < 256)
        reading.work_mode = static_cast<int>(*mode);
    reading.phase = phase_of(text);
    return reading;
}

}  // namespace

core::Result<AvalonReading> read_avalon(const Json& reply) {
    const core::Error mute{core::ErrorCode::NotFound, "no module reports in STATS"};
    if (!reply.is_object()) return mute;
    const auto stats = reply.find("STATS");
    if (stats == reply.end() || !stats->is_array() || stats->empty()) return mute;
    const Json& first = stats->front();
    if (!first.is_object()) return mute;
    std::optional<AvalonReading> reading;
    for (const auto& [key, value] : first.items()) {
        if (!key.starts_with("MM ID") || !value.is_string()) continue;
        const BracketText text{value.get_ref<const std::string&>()};
        if (text.is_empty()) continue;
        // Several modules: the first speaks for all, but no chip's heat is overheard.
        if (!reading) reading = read_module(text);
        else if (const auto temp = hottest(text))
            reading->temp_c = std::max(reading->temp_c.value_or(*temp), *temp);
    }
    if (!reading) return mute;
    if (!reading->elapsed_s) reading->elapsed_s = number_at(first, "Elapsed");
    return *reading;
}

}  // namespace bitgrid::adapters::cgminer
