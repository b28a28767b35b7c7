#pragma once
// How Mosquitto is set up, from its files: who may come in, and where. A setting before the first
// `listener` holds for all, unless `per_listener_settings` says otherwise.
#include <string>
#include <string_view>
#include <vector>

#include "doctor/machine.hpp"

namespace bitgrid::doctor {

struct BrokerListener {
    std::string port;     ///< 0: a socket in the file system
    std::string address;  ///< empty: all
    bool is_encrypted{false};
    bool is_local() const;  ///< reached from this machine only
};

struct BrokerSettings {
    bool lets_anyone_in{false};
    std::vector<BrokerListener> listeners;
};

/// Any bytes in. `texts` are the main file and, in their order, those of its include folders.
BrokerSettings read_broker(const std::vector<std::string>& texts);

/// NotFound: no broker here; Refused: its files are hidden from this user.
core::Result<BrokerSettings> read_broker_settings(const Machine&);

}  // namespace bitgrid::doctor
