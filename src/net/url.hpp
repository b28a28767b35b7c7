#pragma once
// An http or https address, taken apart.
#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace bitgrid::net {

struct Url {
    bool is_tls{false};
    std::string host;  ///< name or literal address, IPv6 without brackets
    std::uint16_t port{80};
    std::string target{"/"};  ///< path and query
};

/// Strict: scheme http or https, a host, an optional port of 1 to 65535, printable ASCII, no user
/// or fragment.
core::Result<Url> parse_url(std::string_view);

/// `%41` and the like decoded; broken escapes are an error.
core::Result<std::string> decode_percent(std::string_view);

}  // namespace bitgrid::net
