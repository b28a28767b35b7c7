#pragma once
// The files of the configuration as text: what they were when they were accepted last, and whether
// one of them is only the beginning of what its owner meant.
//
// A YAML file that is cut at the end of a line is a shorter one, and valid. What shows it:
//   - it begins with `---` and does not end with `...`: always, whatever stood in it;
//   - it is empty;
//   - it is the beginning of the text that was accepted last, or its last line has lost its end.
// A file without that frame whose owner has changed an early line, and which was cut at the end of
// a later one, is taken for what it is. Blocks on the disk: not for the engine's thread.
#include <filesystem>
#include <map>
#include <string>

#include "core/result.hpp"
#include "ops/problem.hpp"

namespace bitgrid::ops {

/// By name, `rules.yaml`.
using ConfigTexts = std::map<std::string, std::string>;

/// The YAML files of a folder; none where it is missing. What cannot be read is left out: whoever
/// reads its values says so.
ConfigTexts read_texts(const std::filesystem::path& folder);

/// By the text alone: why it is not whole, or empty.
std::string why_incomplete(std::string_view text);

/// Files that are only the beginning of those in `accepted`.
void report_cut_files(const ConfigTexts& now, const ConfigTexts& accepted,
                      const std::filesystem::path& folder, Problems& problems);

/// Replaces the copy in `folder`, file by file, each whole or not at all.
core::Result<void> keep_texts(const ConfigTexts&, const std::filesystem::path& folder);

}  // namespace bitgrid::ops
