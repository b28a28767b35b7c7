#pragma once
// ups.yaml: the UPS of the host, read over the network protocol of NUT.
#include <string>

#include "core/config.hpp"

namespace bitgrid::adapters::nut {

struct NutConfig {
    bool enabled{false};
    std::string host{"127.0.0.1"};
    int port{3493};
    std::string ups{"ups"};
    core::Seconds poll{1};
    int timeout_ms{3'000};  ///< of real time, for a connection and for each answer
    friend bool operator==(const NutConfig&, const NutConfig&) = default;
};

template <class Visitor>
void describe(Visitor& v, NutConfig& c) {
    v("enabled", c.enabled, "watch a UPS: on battery nothing runs, near its end everything ends");
    v("host", c.host, "where NUT's upsd runs");
    v("port", c.port, core::Range{1, 65'535}, "port of upsd");
    v("ups", c.ups, "name of the UPS in ups.conf: letters, digits, `-`, `_`, `.`");
    v("poll_s", c.poll, core::Range{1, 10}, "seconds between two looks");
    v("timeout_ms", c.timeout_ms, core::Range{100, 10'000},
      "patience for a connection and for each answer");
}

}  // namespace bitgrid::adapters::nut
