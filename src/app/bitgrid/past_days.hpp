#pragma once
// The recorded past, day by day (UTC), as the rows that figures are made from: from the journal and
// from the sealed files, wherever it lies; some weeks in memory at a time.
#include <CLI/CLI.hpp>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "app/config_history.hpp"
#include "archive/cold_store.hpp"
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
    research::Stretch stretch;               ///< of it, as far as it is asked for and recorded
    std::optional<research::KpiParts> sums;  ///< as sealed; then there are no rows
    std::vector<std::string> decisions;      ///< canonical texts, where they were asked for
};

class PastReader {
public:
    /// What a reader of days wants to see of each.
    enum class Detail {
        Sums,  ///< the sums that were sealed, where there are such; else its rows
        Rows,
        Texts  ///< the canonical decisions, too
    };

    /// Unavailable where there is neither journal nor archive, BadInput where the options name no
    /// time, NotFound where nothing is recorded then.
    static core::Result<PastReader> open(const std::string& data_folder, const PastOptions&);

    /// Every day from the first record to the last, those without one included. An error of the
    /// callback ends it.
    using Take = std::function<core::Result<void>(const PastDay&)>;
    core::Result<void> read(const Take&, Detail = Detail::Rows);

    /// What held at the end of the range; the defaults where nothing says it.
    core::Config config() const { return newest_; }
    research::Stretch stretch() const { return stretch_; }

private:
    struct SealedDay {
        research::PastRows rows;
        std::vector<std::string> decisions;
        std::optional<research::KpiParts> sums;
    };

    PastReader(std::optional<store::JournalReader> journal, archive::ColdStore cold,
               const std::string& data_folder);
    core::Result<void> find_ends(const PastOptions&);
    core::Result<std::optional<core::UnixTime>> newest_before(core::UnixTime until);
    core::Result<std::optional<core::UnixTime>> oldest_since(core::UnixTime since);
    core::Result<void> read_configurations();
    core::Result<archive::Duckdb*> duckdb();
    core::Result<void> fetch_sealed(research::Stretch, Detail);
    core::Result<void> fetch_rows(research::Stretch, bool with_texts);
    core::Result<void> fetch_sums(research::Stretch);
    core::Result<PastDay> day_of(research::Stretch, Detail);
    core::Result<void> add_hot(PastDay&, bool with_texts);
    core::Result<void> take(PastDay&, const ports::StoredEvent&, bool with_texts);
    research::KpiFacts facts_for(const research::PastRows&);

    std::optional<store::JournalReader> journal_;
    archive::ColdStore cold_;
    std::optional<archive::Duckdb> duckdb_;
    research::Stretch stretch_{};
    ConfigHistory configs_;
    core::Config newest_;
    std::map<std::int64_t, SealedDay> sealed_;  ///< by the ms of their midnight; what was fetched
};

/// Figures of the rows of one sealing, as `kpi` keeps them. `facts`: of its configuration.
std::vector<wire::KpiRow> kpi_rows_of(const research::PastRows&, const research::KpiFacts&,
                                      research::Stretch);

}  // namespace bitgrid::app
