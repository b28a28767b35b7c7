#pragma once
// The recorded past, day by day (UTC), as the rows that figures are made from: read where it lies,
// one day in memory at a time.
#include <CLI/CLI.hpp>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/config.hpp"
#include "research/kpi/past_rows.hpp"
#include "store/journal_reader.hpp"

namespace bitgrid::app {

/// Which part of the past: the last days up to the newest record, or from a moment to another.
struct PastOptions {
    std::string range{"30d"};
    std::string since;
    std::string until;

    void add_to(CLI::App& verb);
};

struct PastDay {
    core::UnixTime day;  ///< its midnight
    research::PastRows rows;
    research::KpiFacts facts;
    research::Stretch stretch;           ///< of it, as far as it is asked for and recorded
    std::vector<std::string> decisions;  ///< canonical texts, where they were asked for
};

class PastReader {
public:
    /// Unavailable where there is no journal, BadInput where the options name no time, NotFound
    /// where nothing is recorded then.
    static core::Result<PastReader> open(const std::string& database, const PastOptions&);

    /// Every day from the first record to the last, those without one included. An error of the
    /// callback ends it.
    using Take = std::function<core::Result<void>(const PastDay&)>;
    core::Result<void> read(const Take&, bool with_decisions = false);

    /// What held at the end of the range; the defaults where the journal does not say.
    core::Config config() const;
    research::Stretch stretch() const { return stretch_; }

private:
    explicit PastReader(store::JournalReader journal) : journal_{std::move(journal)} {}
    core::Result<void> find_ends(const PastOptions&);
    core::Result<void> read_configurations();
    core::Result<PastDay> day_of(research::Stretch, bool with_decisions);
    core::Result<void> take(PastDay&, const ports::StoredEvent&, bool with_decisions);
    research::KpiFacts facts_for(const research::PastRows&) const;

    store::JournalReader journal_;
    research::Stretch stretch_{};
    std::map<std::string, core::Config> configs_;
    std::string newest_;  ///< its version
};

}  // namespace bitgrid::app
