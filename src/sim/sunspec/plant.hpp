#pragma once
// The house's inverter, battery and meter as SunSpec registers at 40000, in three units behind one
// address:
//   1    models 1, 103 (W = PV), 203, 124, 802        inverter and battery side by side
//   2    models 1, 103 (W = PV + battery), 160, 124   the same as one hybrid with strings and
//   battery as MPPT 1-4 200  models 1, 203                                the meter alone
// Signs: meter + = import, battery + = discharging. At night the inverter sleeps and its power is
// "not implemented".
#include <map>
#include <optional>

#include "sim/house.hpp"
#include "sim/sunspec/chain.hpp"

namespace bitgrid::sim {

using Pdu = std::vector<std::uint8_t>;

class SunSpecPlant {
public:
    /// The house must outlive it.
    explicit SunSpecPlant(House& house) : house_{house} {}

    /// Answer to a Modbus request without its header: function codes 3, 6 and 16; else an
    /// exception.
    Pdu answer(std::uint8_t unit, const Pdu& request);

private:
    /// Storage control of model 124, as written.
    struct Storage {
        std::uint16_t mode{0};                ///< bit 0: limit charging, bit 1: limit discharging
        std::int16_t discharge_rate{10'000};  ///< hundredths of a percent
        std::int16_t charge_rate{10'000};
        std::uint16_t revert_s{0};  ///< 0: holds for ever
        std::uint16_t may_charge_from_grid{0};
        std::optional<core::UnixTime> reverts_at;
    };

    /// The registers of a unit, made once for each moment of the house; null where there is no such
    /// unit.
    const SunSpecChain* chain(std::uint8_t unit);
    SunSpecChain make_chain(std::uint8_t unit);
    void add_common(SunSpecChain&, std::uint8_t unit);
    void add_inverter(SunSpecChain&, bool is_hybrid);
    void add_meter(SunSpecChain&);
    void add_strings(SunSpecChain&);
    void add_storage(SunSpecChain&);
    void add_battery(SunSpecChain&);

    Pdu read(const SunSpecChain&, const Pdu&) const;
    Pdu write(const SunSpecChain&, const Pdu&);
    bool is_writable(const SunSpecChain&, std::uint32_t address) const;
    void write_word(const SunSpecChain&, std::uint32_t address, std::uint16_t);
    void apply_storage();
    void let_revert();

    struct Made {
        std::int64_t revision{-1};
        SunSpecChain chain;
    };

    House& house_;
    Storage storage_;
    std::map<std::uint8_t, Made> made_;
};

}  // namespace bitgrid::sim
