#pragma once
// The configuration folder: site.yaml, loads.yaml, rules.yaml and policy.yaml as one checked
// core::Config. All or nothing: with a single problem in any file there is no configuration, only
// the list of all problems.
#include <filesystem>

#include "ops/checked.hpp"
#include "ops/environment.hpp"

namespace bitgrid::ops {

/// A folder or files that are missing leave the defaults. Blocks on the disk: at start-up and
/// reload only.
Checked<core::Config> load_config(const std::filesystem::path& folder,
                                  const Environment& environment);

/// Files of the folder that nobody reads, such as rule.yaml or rules.yml: their owner thinks that
/// they hold.
void report_unknown_files(const std::filesystem::path& folder, Problems& problems);

}  // namespace bitgrid::ops
