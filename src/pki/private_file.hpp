#pragma once
// Files for their owner alone (0600) in folders for their owner alone (0700): whole or not at all,
// also after a power cut. Any thread; blocks. Unavailable names the file and says why.
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace bitgrid::pki {

core::Result<void> keep_private(const std::string& path, std::string_view text);
/// Folders that are missing.
core::Result<void> make_private_folder(const std::string& path);
/// At most 1 MiB. NotFound: there is none.
core::Result<std::string> read_private(const std::string& path);

}  // namespace bitgrid::pki
