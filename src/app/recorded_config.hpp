#pragma once
// A configuration as the journal remembers it, made usable again.
#include <string>
#include <string_view>

#include "core/config.hpp"
#include "core/result.hpp"

namespace bitgrid::app {

struct RecordedConfig {
    std::string version;  ///< as decisions name it
    core::Config config;
};

/// What a recorded configuration must agree with: its own version, so that what was decided with it
/// can be proved; or only its text, where a newer program that knows more keys looks at it.
enum class Agreement { Version, Text };

/// From the text of a ConfigLoaded or ConfigReloaded event. Damaged where it cannot be read, or
/// what was read has another version than the one it is recorded under. Uses a temporary folder.
core::Result<RecordedConfig> recorded_config(std::string_view event,
                                             Agreement = Agreement::Version);

}  // namespace bitgrid::app
