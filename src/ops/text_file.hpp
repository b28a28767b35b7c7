#pragma once
// A small text file, whole. Fails with words for a person; never reads more than `most` bytes.
#include <filesystem>
#include <string>

#include "core/result.hpp"

namespace bitgrid::ops {

core::Result<std::string> read_text_file(const std::filesystem::path& path, std::size_t most);

}  // namespace bitgrid::ops
