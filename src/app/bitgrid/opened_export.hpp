#pragma once
// What the verbs that are handed an export share: opening it, and saying why it is refused.
#include <string>

#include "archive/export_bundle.hpp"

namespace bitgrid::app {

/// `key`: public key that it must be signed by, hex, or empty. `identity`: file with age keys, or
/// empty. As ExportBundle::open().
core::Result<archive::ExportBundle> open_export(const std::string& file, const std::string& key,
                                                const std::string& identity);

/// Says it on standard error and gives the exit code for it.
int refuse_export(const std::string& file, const core::Error&);

}  // namespace bitgrid::app
