#pragma once
// Adds up what the figures of a stretch of time are made of, block by block and decision by
// decision, in the order of time. Owns its sums. One thread; allocates only when it is made.
#include "research/kpi/kpi_parts.hpp"

namespace bitgrid::research {

/// What the configuration says about those who are measured.
struct KpiFacts {
    std::int64_t block_ms{600'000};
    int min_runtime_blocks{3};
    struct Load {
        std::string id;
        std::optional<core::LoadKind> kind{};  ///< unknown: its energy goes no known way
        double j_per_th{0};                    ///< of a miner at full power; 0: as the first one
    };
    std::vector<Load> loads;  ///< at most kMaxLoads
};

KpiFacts facts_of(const core::Config&);

class Tally {
public:
    explicit Tally(KpiFacts);

    /// A block that ended. Its loads are those of the facts, in their order.
    void measured(const HouseRecord&);
    void decided(const DecisionRecord&);
    /// So much of the time should have been decided, and so much was: in all, for every load.
    void traced(std::int64_t expected_ms, std::int64_t decided_ms, std::int64_t traced_ms);
    void watched(std::int64_t ms, int thermal_incidents);
    void safety_reacted(double ms) { parts_.safety_reaction.add(ms); }

    const KpiFacts& facts() const { return facts_; }
    const KpiParts& parts() const { return parts_; }

private:
    void weigh(const HouseRecord&, double loads_w);
    void value(const HouseRecord&);
    void feel(LoadParts&, double temp_c);

    KpiFacts facts_;
    double kwh_per_w_;
    std::vector<double> yields_;  ///< of each load against the first miner
    KpiParts parts_;
};

}  // namespace bitgrid::research
