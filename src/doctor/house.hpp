#pragma once
// What the checks must know of BitGridAI itself: read by the program that calls them, because this
// room knows no YAML. Values only.
#include <optional>
#include <string>

#include "core/time.hpp"

namespace bitgrid::doctor {

struct Page {
    bool is_enabled{true};
    bool is_loopback{true};  ///< of this machine only
    bool wants_credential{false};
    bool is_encrypted{false};
    int port{0};
};

struct House {
    std::string config{"/etc/bitgrid"};  ///< folders, as that machine names them
    std::string data{"/var/lib/bitgrid"};
    std::optional<std::string> trouble;  ///< of the configuration, in lines; empty: none
    std::optional<Page> page;            ///< nothing: the configuration could not be read
    bool watches_ups{false};
    std::optional<core::UnixTime> newest_backup;  ///< verified
    core::UnixTime now{};
    core::UnixTime built{};  ///< no clock can be earlier
    int low_disk_mb{500};
};

}  // namespace bitgrid::doctor
