#include "app/bitgrid/house_keys.hpp"

#include <unistd.h>

#include <array>
#include <chrono>

#include "app/bitgrid/secrets.hpp"

namespace bitgrid::app {

std::string pki_folder(const Looking& look) { return look.data + "/pki"; }

core::UnixTime now_on_the_wall() {
    using namespace std::chrono;
    return {duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count()};
}

std::vector<std::string> names_of_this_host() {
    std::array<char, 256> name{};
    std::vector<std::string> names;
    if (::gethostname(name.data(), name.size() - 1) == 0 &&
        pki::objection_to_host(name.data()).empty()) {
        names.emplace_back(name.data());
        if (names.back().find('.') == std::string::npos) names.push_back(names.back() + ".local");
    }
    for (const char* always : {"localhost", "127.0.0.1", "::1"}) names.emplace_back(always);
    return names;
}

int explain_missing_authority(const core::Error& error, const Looking& look) {
    if (error.code != core::ErrorCode::NotFound) return explain(error);
    return refuse(kUnavailable, error.what +
                                    (look.is_german() ? "; zuerst: bitgrid ca init --data "
                                                      : "; first: bitgrid ca init --data ") +
                                    look.data);
}

}  // namespace bitgrid::app
