#pragma once
// What the verbs around backups share: keys and passphrases from files, and the exit code that
// belongs to a failure.
#include <string>
#include <vector>

#include "core/result.hpp"

namespace bitgrid::app {

/// The first line. BadInput names the file where there is none.
core::Result<std::string> passphrase_in(const std::string& file);
/// Of age-keygen or `bitgrid key new`. BadInput names the file.
core::Result<std::vector<std::string>> identities_in(const std::string& file);

/// Says it on standard error; gives the exit code.
int explain(const core::Error&);

}  // namespace bitgrid::app
