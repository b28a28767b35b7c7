#pragma once
// Some small files as one text, in the format of tar (ustar), so that `age -d … | tar x` opens it
// without us. Read back strictly: nothing but plain files with plain paths. Any thread.
// Source: POSIX pax, "ustar Interchange Format"
#include <map>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace bitgrid::backup {

inline constexpr std::size_t kMostPacked = std::size_t{16} << 20;  ///< bytes, all together
inline constexpr std::size_t kMostPackedPath = 99;

/// By path, `config/site.yaml`.
using SmallFiles = std::map<std::string, std::string>;

/// TooLarge, BadInput: a path or the whole is beyond the bounds. Readable by their owner alone.
core::Result<std::string> pack(const SmallFiles&);
/// BadInput: no tar, or one with links, folders, other paths, or the same path twice.
core::Result<SmallFiles> unpack(std::string_view);

}  // namespace bitgrid::backup
