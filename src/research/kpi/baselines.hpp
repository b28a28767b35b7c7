#pragma once
// What the same days would have brought with other hands on the switch, by a closed loop against
// the model of the house: so that differences come from the decisions alone. W and kWh; pure.
#include <array>
#include <string_view>
#include <vector>

#include "research/house_model.hpp"
#include "research/kpi/house_record.hpp"

namespace bitgrid::research {

enum class Hand : std::uint8_t {
    AsDecided,  ///< the powers on record
    NeverOn,
    AlwaysOn,
    Threshold,  ///< on from 1.5 kW of surplus, off below 0.8 kW, as it was in the last block
};
inline constexpr std::size_t kHandCount = 4;
std::string_view key_of(Hand);  ///< `as_decided`, `never_on`, …

struct HandResult {
    double import_kwh{0};
    double export_kwh{0};
    double load_kwh{0};
    int switches{0};  ///< between on and off, of all loads
};

struct Baselines {
    std::array<HandResult, kHandCount> hands;  ///< in the order of Hand
    std::int64_t known_ms{0};                  ///< of the blocks whose sun and house are known
    std::size_t loads{0};

    const HandResult& of(Hand hand) const { return hands[static_cast<std::size_t>(hand)]; }
    /// What an always empty switch would have exported, and does not; nothing where it has none.
    std::optional<double> captured_pct(Hand) const;
    double extra_import_kwh(Hand) const;
    double switches_per_day(Hand) const;  ///< of one load, on average
};

struct ModelHouse {
    Battery battery;
    double start_soc_pct{50};
    std::int64_t block_ms{600'000};
    std::vector<double> full_w;  ///< of each load, in the order of the records
};

/// Blocks whose PV, house or loads are not known are left out, of every hand.
Baselines baselines_of(const std::vector<HouseRecord>&, const ModelHouse&);

}  // namespace bitgrid::research
