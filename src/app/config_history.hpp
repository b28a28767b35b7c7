#pragma once
// Every configuration that decisions were made with: those that the journal still holds, and those
// that were kept below the data folder before their rows were sealed and pruned. One thread.
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "app/recorded_config.hpp"
#include "core/config.hpp"
#include "core/result.hpp"
#include "ports/journal.hpp"
#include "wire/packed.hpp"

namespace bitgrid::app {

class ConfigHistory {
public:
    explicit ConfigHistory(std::string folder, Agreement agreement = Agreement::Version)
        : folder_{std::move(folder)}, agreement_{agreement} {}

    /// Takes a ConfigLoaded or ConfigReloaded event in; with `keep` it is also kept as
    /// `<folder>/<version>.json`, so that it can be found for ever. Damaged where it cannot be
    /// read; Unavailable where it cannot be kept.
    core::Result<void> learn(const std::string& event, bool keep);

    /// Takes every one in that was kept; what cannot be read any more is passed over.
    void learn_kept();
    const std::map<std::string, core::Config>& known() const { return known_; }

    /// NotFound, or Damaged, where the decisions of that version cannot be computed again.
    core::Result<const core::Config*> find(const std::string& version);

private:
    std::string folder_;
    Agreement agreement_;
    std::map<std::string, core::Config> known_;
    std::map<std::string, core::Error> unknown_;  ///< looked for once
    std::string fault_;                           ///< of an event that could not be read
};

/// State and memory of a decision, packed; empty where its configuration is not known.
wire::Packed inputs_of(ConfigHistory&, const nlohmann::json& decision);

/// `config_version` of a canonical decision, without reading all of it; empty: none.
std::string config_version_of(std::string_view decision);

}  // namespace bitgrid::app
