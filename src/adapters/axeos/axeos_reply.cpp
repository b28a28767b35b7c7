#include "adapters/axeos/axeos_reply.hpp"

#include <algorithm>
#include <cmath>

namespace bitgrid::adapters::axeos {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kLongestFault = 80, kMostFrequencies = 64;
constexpr double kHighestMhz = 2000;

std::optional<double> number_at(const Json& object, const char* key) {
    const auto found = object.find(key);
    if (found == object.end() || !found->is_number()) return std::nullopt;
    const auto value = found->get<double>();
    return std::isfinite(value) ? std::optional{value} : std::nullopt;
}

std::optional<double> at_least(double least, std::optional<double> value) {
    return value && *value >= least ? value : std::nullopt;
}

std::optional<bool> flag_at(const Json& object, const char* key) {
    const auto found = object.find(key);
    if (found == object.end()) return std::nullopt;
    if (found->is_boolean()) return found->get<bool>();
    if (found->is_number()) return found->get<double>() != 0;
    return std::nullopt;
}

std::optional<double> hottest(const Json& json) {
    std::optional<double> temp;
    for (const char* key : {"temp", "temp2"}) {
        const auto other = number_at(json, key);
        if (other && *other > 0) temp = std::max(temp.value_or(*other), *other);
    }
    return temp;
}

std::string fault_of(const Json& json) {
    for (const char* key : {"hardware_fault", "power_fault"}) {
        const auto found = json.find(key);
        if (found == json.end() || !found->is_string()) continue;
        std::string text;
        for (const char c : found->get_ref<const std::string&>().substr(0, kLongestFault))
            text += c >= ' ' && c <= '~' ? c : ' ';
        if (!text.empty()) return text;
    }
    return {};
}

}  // namespace

core::Result<Info> read_info(const Json& json) {
    const bool is_info = json.is_object() && (json.contains("hashRate") || json.contains("power") ||
                                              json.contains("uptimeSeconds"));
    if (!is_info) return core::Error{core::ErrorCode::Damaged, "answer is no system info"};
    Info info;
    info.temp_c = hottest(json);
    info.power_w = at_least(0, number_at(json, "power"));
    if (const auto ghs = at_least(0, number_at(json, "hashRate"))) info.hashrate_ths = *ghs / 1000;
    info.fan_rpm = number_at(json, "fanrpm");
    info.uptime_s = number_at(json, "uptimeSeconds");
    info.frequency_mhz = at_least(1, number_at(json, "frequency"));
    info.is_paused = flag_at(json, "miningPaused");
    info.is_overheated = flag_at(json, "overheat_mode").value_or(false);
    info.fault = fault_of(json);
    return info;
}

std::vector<double> read_frequencies(const Json& json) {
    std::vector<double> frequencies;
    if (!json.is_object() || !json.contains("frequencyOptions")) return frequencies;
    const Json& options = json["frequencyOptions"];
    if (!options.is_array()) return frequencies;
    for (std::size_t i = 0; i < options.size() && i < kMostFrequencies; ++i) {
        if (!options[i].is_number()) continue;
        const auto mhz = options[i].get<double>();
        if (mhz >= 1 && mhz <= kHighestMhz) frequencies.push_back(mhz);
    }
    std::sort(frequencies.begin(), frequencies.end());
    return frequencies;
}

std::optional<double> offered(const std::vector<double>& frequencies, double wanted_mhz) {
    if (frequencies.empty()) return std::nullopt;
    const auto above = std::upper_bound(frequencies.begin(), frequencies.end(), wanted_mhz);
    return above == frequencies.begin() ? frequencies.front() : *(above - 1);
}

}  // namespace bitgrid::adapters::axeos
