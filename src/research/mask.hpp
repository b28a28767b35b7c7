#pragma once
// Takes out of the rows of the past what says whose they are, and when they were: names, ids, the
// calendar. What a decision was computed from stays, so that it can still be decided again, the
// same. One mask for one export: the same thing gets the same new name everywhere in it, and
// another one in the next. One thread; pure but for what it remembers.
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/config.hpp"
#include "core/result.hpp"
#include "wire/past.hpp"

namespace bitgrid::research {

class Mask {
public:
    struct Wanted {
        bool hides_names{true};
        /// The day (UTC) of this moment becomes 2000-01-01, or a day soon after it where the length
        /// of a block does not fit into a day.
        std::optional<core::UnixTime> day_zero;
        std::string salt;              ///< secret, of this export alone
        std::int64_t before_first{0};  ///< sequence number before the first; hidden with the names
    };
    explicit Mask(Wanted);

    /// Learns the names in a configuration, all of them before the first row. BadInput where blocks
    /// of such lengths cannot all keep their place in another time.
    core::Result<void> learn(const core::Config&);
    /// The same to the rules, without names. Learnt before.
    core::Config masked(const core::Config&) const;
    /// The version that decisions name instead of this one.
    void rename_version(const std::string& version, const std::string& masked);

    void apply(wire::DecisionRow&) const;
    void apply(wire::StateRow&) const;
    void apply(wire::ValueRow&) const;
    void apply(wire::WordsRow&) const;

    core::UnixTime time(core::UnixTime) const;

private:
    std::string load(const std::string& id) const;
    std::string secret(const std::string& id) const;
    std::string words(std::string text) const;
    std::int64_t block_ms(core::BlockId, core::UnixTime) const;
    core::BlockId block(core::BlockId, core::UnixTime) const;
    void shift_inputs(wire::DecisionRow&, std::int64_t block_ms) const;
    void place(std::int64_t& seq, core::UnixTime&) const;

    Wanted wanted_;
    std::int64_t shift_days_{0};
    std::int64_t days_step_{1};
    std::map<std::string, std::string> loads_;  ///< id to alias
    std::map<std::string, std::string> versions_;
    std::vector<std::pair<std::string, std::string>> names_;  ///< in words; the longest first
    std::vector<std::int64_t> block_lengths_;
};

}  // namespace bitgrid::research
