#include "adapters/price/energy_charts_reply.hpp"

#include <algorithm>

#include "wire/bounded_json.hpp"

namespace bitgrid::adapters {
namespace {

using core::Error;
using core::ErrorCode;
using Json = nlohmann::json;

constexpr std::size_t kMostBytes = 1 << 20, kMostSlots = 4000;
constexpr double kLeastEurMwh = -500, kMostEurMwh = 5000;
constexpr std::int64_t kEarliestS = 1'000'000'000, kLatestS = 100'000'000'000;
constexpr std::int64_t kShortestS = 300, kLongestS = 3600, kUsualS = 900;

Error bad(std::string what) { return {ErrorCode::Damaged, "prices: " + std::move(what)}; }

bool is_eur_mwh(const Json& json) {
    if (!json.contains("unit")) return true;
    std::string unit = json["unit"].is_string() ? json["unit"].get<std::string>() : "?";
    std::erase(unit, ' ');
    return unit == "EUR/MWh" || unit == "Eur/MWh";
}

core::Result<std::vector<std::int64_t>> read_times(const Json& json) {
    std::vector<std::int64_t> times;
    for (const Json& entry : json) {
        if (!entry.is_number_integer()) return bad("a time is no whole number");
        const auto t = entry.get<std::int64_t>();
        if (t < kEarliestS || t > kLatestS) return bad("a time is absurd");
        if (!times.empty() && t <= times.back()) return bad("times do not move forward");
        times.push_back(t);
    }
    return times;
}

// Slots are as long as the shortest step; what is missing in between stays missing.
std::int64_t slot_length(const std::vector<std::int64_t>& times) {
    std::int64_t shortest = times.size() < 2 ? kUsualS : kLatestS;
    for (std::size_t i = 1; i < times.size(); ++i)
        shortest = std::min(shortest, times[i] - times[i - 1]);
    return shortest;
}

}  // namespace

core::Result<std::vector<ports::Slot>> read_energy_charts(std::string_view body) {
    const auto json = wire::parse_json(body, {kMostBytes, 8});
    if (!json) return bad(json.error().what);
    const auto is_list = [&](const char* key) {
        return json->is_object() && json->contains(key) && (*json)[key].is_array();
    };
    if (!is_list("unix_seconds") || !is_list("price")) return bad("no unix_seconds and price");
    const Json& prices = (*json)["price"];
    if (!is_eur_mwh(*json)) return bad("unit is not EUR/MWh");
    if (prices.size() != (*json)["unix_seconds"].size() || prices.size() > kMostSlots)
        return bad("times and prices differ in number, or are more than 4000");
    const auto times = read_times((*json)["unix_seconds"]);
    if (!times) return times.error();
    const std::int64_t length_s = slot_length(*times);
    if (length_s < kShortestS || length_s > kLongestS)
        return bad("slots of " + std::to_string(length_s) + " s, allowed are 300 to 3600");
    std::vector<ports::Slot> slots;
    for (std::size_t i = 0; i < times->size(); ++i) {
        if (!prices[i].is_number()) continue;
        const auto eur_mwh = prices[i].get<double>();
        if (!(eur_mwh >= kLeastEurMwh && eur_mwh <= kMostEurMwh)) continue;
        const core::UnixTime start{(*times)[i] * 1000};
        slots.push_back({start, start + length_s * 1000, eur_mwh / 10});
    }
    if (slots.empty()) return bad("not one that makes sense");
    return slots;
}

}  // namespace bitgrid::adapters
