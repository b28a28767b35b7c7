#pragma once
// Decisions found wherever they lie: in the journal, or in the sealed files behind it. For verbs
// that show a few of them; reads only. One thread.
#include <optional>

#include "archive/cold_store.hpp"
#include "store/journal_reader.hpp"

namespace bitgrid::app {

class RecordedPast {
public:
    /// Unavailable where there is neither a journal nor an archive.
    static core::Result<RecordedPast> open(const std::string& data_folder);

    /// Newest first, at most query.limit.
    core::Result<std::vector<ports::StoredEvent>> find(const ports::HistoryQuery&);
    /// NotFound where there is none.
    core::Result<ports::StoredEvent> find_decision(const std::string& decision_id);

private:
    RecordedPast(std::optional<store::JournalReader> journal, archive::ColdStore cold)
        : journal_{std::move(journal)}, cold_{std::move(cold)} {}
    core::Result<void> find_sealed(const ports::HistoryQuery&, std::vector<ports::StoredEvent>&);

    std::optional<store::JournalReader> journal_;
    archive::ColdStore cold_;
};

}  // namespace bitgrid::app
