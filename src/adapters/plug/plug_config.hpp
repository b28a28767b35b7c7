#pragma once
// What a smart plug over HTTP needs to be told, whatever its make.
#include <string>

#include "core/config.hpp"

namespace bitgrid::adapters {

struct PlugConfig {
    std::string id{"plug"};
    std::string load_id{"miner"};
    std::string host{"127.0.0.1"};
    int port{80};
    std::string user{"admin"};
    std::string password{};
    int channel{0};
    double poll_s{5};
    int timeout_ms{3000};
    bool is_load{false};
    bool reports_power{true};
    int dead_man_s{120};
    double full_w{0};
    double off_w{5};
};

template <class Visitor>
void describe(Visitor& v, PlugConfig& c) {
    constexpr core::Range kWatts{0, 100'000};
    v("id", c.id, "name of the device in health");
    v("load", c.load_id, "load behind it");
    v("host", c.host, "address or name");
    v("port", c.port, core::Range{1, 65'535}, "HTTP port");
    v("user", c.user, "name of its user; a Shelly Gen2 knows only admin");
    v.secret("password", c.password, "of its user; empty: no login");
    v("channel", c.channel, core::Range{0, 3}, "switch of the device");
    v("poll_s", c.poll_s, core::Range{0.5, 20}, "seconds between two polls");
    v("timeout_ms", c.timeout_ms, core::Range{100, 60'000}, "patience with one answer");
    v("is_load", c.is_load, "whether it is the load's only control, as of a heating rod");
    v("reports_power", c.reports_power, "whether its power is the load's");
    v("dead_man_s", c.dead_man_s, core::Range{10, 900}, "as a load: on for so long unless renewed");
    v("full_w", c.full_w, kWatts,
      "as a load: what it draws; a lower limit means off, and 0 that every limit does");
    v("off_w", c.off_w, kWatts, "off draws less");
}

}  // namespace bitgrid::adapters
