#pragma once
// The folder of the broker's files: made, and kept up to date, without undoing what a person has
// changed there. Used by `bitgrid mqtt provision` and by `bitgrid gateway enrol`.
#include <string>
#include <vector>

#include "app/bitgrid/broker_files.hpp"
#include "app/bitgrid/looking.hpp"

namespace bitgrid::app {

struct BrokerSetup {
    BrokerPlan plan;
    std::string config{"config"};
    bool may_replace{false};  ///< also what was changed by hand
};

struct BrokerOutcome {
    std::vector<std::string> written;
    std::vector<std::string> changed_by_hand;  ///< left as they are; nothing is written then
};

/// BadInput: configuration or options, in words for a person.
core::Result<BrokerOutcome> set_up_broker(const Looking&, const BrokerSetup&);

/// The options of the broker's own folder, for --out, --lan and what belongs to them.
void add_broker_options(CLI::App& verb, BrokerSetup&);
int tell_outcome(const Looking&, const BrokerSetup&, const BrokerOutcome&);

}  // namespace bitgrid::app
