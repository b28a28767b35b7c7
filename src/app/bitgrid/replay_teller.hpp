#pragma once
// What `bitgrid replay` says: every decision at its time, what differs side by side, and the sum.
#include <nlohmann/json.hpp>
#include <optional>

#include "app/bitgrid/looking.hpp"
#include "research/replay.hpp"

namespace bitgrid::app {

/// A decision that would be another one today.
struct ReplayDifference {
    std::string decision_id;
    std::string time;
    std::string load;
    std::string recorded_code;
    std::string code;
    nlohmann::json changes;  ///< list of {path, recorded, now}
};

ReplayDifference difference_of(const research::Replayed&);

class ReplayTeller {
public:
    /// `other_rules`: the folder of the rules that are tried; empty: those of the day.
    ReplayTeller(const Looking& look, std::string other_rules);

    void count(std::int64_t decisions = 1);
    void tell(const ReplayDifference&);
    void tell_unknown(std::int64_t sequence, const core::Error&);
    /// The sum, and the exit code that it means.
    int conclude(double took_s) const;

    bool shows_more() const;  ///< false: further differences are only counted

private:
    void tell_change(const std::string& what, const std::string& was, const std::string& now) const;
    void tell_sum(double took_s) const;

    Looking look_;
    std::string other_rules_;
    std::int64_t decisions_{0}, different_{0}, unknown_{0};
};

}  // namespace bitgrid::app
