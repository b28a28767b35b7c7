#include "app/power_notice.hpp"

#include <array>
#include <cstdio>
#include <fstream>

#include "wire/bounded_json.hpp"
#include "wire/time_text.hpp"

namespace bitgrid::app {
namespace {

std::string notice_in(const std::string& data) { return data + "/on_battery.json"; }

}  // namespace

void publish_power(const std::string& data, bool is_on_battery, core::UnixTime now) {
    const std::string path = notice_in(data);
    if (!is_on_battery) {
        (void)std::remove(path.c_str());
        return;
    }
    const std::string beside = path + ".new";
    std::ofstream{beside, std::ios::binary} << R"({"time":")" << wire::time_text(now) << "\"}\n";
    (void)std::rename(beside.c_str(), path.c_str());
}

std::string why_rest(const std::string& data, core::UnixTime now) {
    std::ifstream file{notice_in(data), std::ios::binary};
    std::array<char, 1'024> text{};
    file.read(text.data(), text.size());
    const auto json = wire::parse_json({text.data(), static_cast<std::size_t>(file.gcount())});
    if (!json || !json->is_object() || !json->contains("time")) return {};
    const auto& at = (*json)["time"];
    const auto time = at.is_string() ? wire::parse_time(at.get_ref<const std::string&>())
                                     : core::Result<core::UnixTime>{core::Error{}};
    if (!time || now - *time > kNoticeHoldsMs || *time - now > kNoticeHoldsMs) return {};
    return "the host lives on its UPS (" + wire::time_text(*time) + "); this can wait for mains";
}

}  // namespace bitgrid::app
