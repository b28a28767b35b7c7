#pragma once
// One page about a house: what it did, whether it reached its targets, and what other hands on the
// switch would have brought. For the door of the fridge. Pure.
#include <optional>
#include <string>
#include <vector>

#include "core/time.hpp"
#include "research/kpi/baselines.hpp"
#include "research/kpi/kpis.hpp"

namespace bitgrid::research {

/// A bar of the charts: a day, or a month where there are many.
struct Span {
    core::UnixTime from;
    KpiParts parts;
};

struct KpiPage {
    bool is_german{false};
    std::string house;
    core::UnixTime from;
    core::UnixTime to;  ///< not included
    bool is_simulated{false};
    std::vector<KpiValue> kpis;
    std::vector<Span> days;  ///< oldest first
    std::optional<Baselines> baselines;
    std::string program_version;
};

/// Self-contained HTML.
std::string kpi_page(const KpiPage&);

/// The figures that have a target, in the order in which they are shown.
std::vector<Kpi> targets();

/// Days as they are, or their months where they would be too many bars.
std::vector<Span> bars_of(const std::vector<Span>& days);
/// `15.06.` or `06/15`; of a month `06/2026` or `2026-06`.
std::string bar_label(const Span&, bool is_month, bool is_german);
bool are_months(const std::vector<Span>& days);

}  // namespace bitgrid::research
