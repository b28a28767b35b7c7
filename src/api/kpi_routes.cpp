// The figures of the house: asked for here, computed by a process of its own.
#include <charconv>

#include "api/api_server.hpp"

namespace bitgrid::api {
namespace {

using Json = nlohmann::json;

constexpr int kLongestRangeDays = 3'660;
constexpr int kAgainS = 5;

// 7d, 30d, 365d.
std::optional<int> days_of(const std::string& range) {
    int days = 0;
    const char* const last = range.data() + (range.empty() ? 0 : range.size() - 1);
    const auto [end, error] = std::from_chars(range.data(), last, days);
    if (range.size() < 2 || range.back() != 'd' || error != std::errc{} || end != last ||
        days < 1 || days > kLongestRangeDays)
        return std::nullopt;
    return days;
}

Problem kpi_problem(const core::Error& error) {
    switch (error.code) {
        case core::ErrorCode::NotFound:
            return {404, "NOTHING_RECORDED", error.what};
        case core::ErrorCode::Refused:
            return {429, "KPI_BUSY", error.what, Json::object(), kAgainS};
        case core::ErrorCode::Timeout:
            return {503, "KPI_TIMEOUT", error.what, Json::object(), 60};
        default:
            return {503, "KPI_UNAVAILABLE", error.what, Json::object(), 60};
    }
}

}  // namespace

void ApiServer::get_kpi(const Call& call) {
    const std::string range = call.query_or("range", "30d");
    const auto days = days_of(range);
    if (!days)
        return call.refuse({400, "BAD_FIELD",
                            "range: found \"" + range.substr(0, 40) +
                                "\"; allowed is a number of days from 1d to 3660d"});
    if (parts_.kpis == nullptr)
        return call.refuse({503, "KPI_UNAVAILABLE", "no figures are computed here"});
    parts_.kpis->ask(*days, [call](core::Result<std::string> answer) {
        if (!answer) return call.refuse(kpi_problem(answer.error()));
        call.responder->answer(
            json_response(std::make_shared<const std::string>(std::move(*answer))));
    });
}

}  // namespace bitgrid::api
