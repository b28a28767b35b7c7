#pragma once
// Names that tell installations, their runs and their configurations apart.
#include <string>

#include "app/installation.hpp"

namespace bitgrid::app {

/// 16 hex digits: the same after a restart of the same installation, another one for any other.
std::string installation_id(const std::string& data_folder);

/// 16 hex digits, another one for each run.
std::string fresh_run_id();

/// 16 hex digits: the same where the same loads are commanded in the same way.
std::string guarded_fingerprint(const Installation&);

}  // namespace bitgrid::app
