#pragma once
// Versions of the program as releases name them: `1.4.2`, or `1.5.0-rc.1` before it. Values; any
// thread.
#include <compare>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace bitgrid::update {

struct Version {
    int major_number{}, minor_number{}, patch_number{};  ///< 0..9999
    std::string early{};                                 ///< `rc.1`; empty: the release itself

    friend bool operator==(const Version&, const Version&) = default;
};
std::strong_ordering operator<=>(const Version&, const Version&);

/// BadInput says what a version is. Its text is also the name of its folder.
core::Result<Version> read_version(std::string_view);
std::string text_of(const Version&);

enum class Way {
    Newer,
    Same,
    MinorBack,  ///< older, by one minor version at most: the way back that is promised
    TooFarBack
};
Way way_between(const Version& from, const Version& to);

}  // namespace bitgrid::update
