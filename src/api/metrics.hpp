#pragma once
// The house as numbers for Prometheus (text format 0.0.4).
#include <string>

#include "core/config.hpp"
#include "ports/live_view.hpp"

namespace bitgrid::api {

/// Whoever is served beside the house.
struct Served {
    std::size_t readers{0};  ///< of the live feed
};

/// What is not known is left out: a gap, never a zero.
std::string metrics_text(const ports::LiveView&, const core::Config&, const Served&);

}  // namespace bitgrid::api
