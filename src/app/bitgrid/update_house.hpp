#pragma once
// The running house as an update sees it: which program it is, whether it decides, which loads run,
// what is wrong. Asked over the API; blocks.
#include <set>
#include <string>
#include <vector>

#include "app/bitgrid/daemon.hpp"

namespace bitgrid::app {

struct HouseSeen {
    bool answers{false};
    std::string trouble;  ///< why it does not answer, or not us
    std::string version;
    bool is_ready{false};
    std::set<std::string> errors;      ///< parts of health
    std::vector<std::string> running;  ///< names of loads
};

HouseSeen look_at_house(const Daemon&);

/// A wish for every load, for a quarter of an hour.
core::Result<void> order_all_off(const Daemon&);
/// The emergency stop: until somebody acknowledges it.
core::Result<void> hold_all_off(const Daemon&);

/// Newest sequence number of the journal; 0: it cannot be read.
std::int64_t newest_event(const std::string& data);
/// Version of the database's tables; 0: there is none.
core::Result<std::int64_t> tables_of(const std::string& data);
/// Whether a person or the safety rule has stopped something since: an emergency stop that is on, a
/// tripped safety, a wish to stop. What cannot be read counts as one.
bool has_stop_since(const std::string& data, std::int64_t last_event);

}  // namespace bitgrid::app
