#pragma once
// A recorded decision made usable again: what it was made of, with the configuration of its day.
#include <optional>
#include <string>

#include "app/recorded_config.hpp"
#include "research/what_if.hpp"
#include "store/journal_reader.hpp"

namespace bitgrid::app {

/// One thread at a time. Keeps the configuration that was needed last.
class Recall {
public:
    /// NotFound where there is no such decision; Damaged where it cannot be computed again, with
    /// what is missing: state, memory, its configuration.
    core::Result<research::WhatIfBasis> decision(store::JournalReader&, const std::string& id);

    /// The newest decision up to that moment, of one load or (empty) of any, with all that were
    /// made together with it.
    core::Result<research::WhatIfBasis> newest(store::JournalReader&, core::UnixTime until,
                                               const std::string& load);

private:
    core::Result<core::Config> config_of(store::JournalReader&, const std::string& version);
    core::Result<research::WhatIfBasis> basis_of(store::JournalReader&, const std::string& row);

    std::optional<RecordedConfig> newest_;
};

}  // namespace bitgrid::app
