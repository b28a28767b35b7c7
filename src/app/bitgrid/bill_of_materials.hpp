#pragma once
// What this build is made of, in CycloneDX JSON, as scripts/write_sbom.mjs found it on the machine
// that built it.
#include <span>
#include <string_view>

namespace bitgrid::app {

/// Its lines, without their ends.
std::span<const std::string_view> bill_of_materials();

}  // namespace bitgrid::app
