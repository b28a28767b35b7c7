#pragma once
// What the SSH server of a machine allows, from its files (or from `sshd -T`, which speaks the same
// way): of each setting the first value holds, and a `Match` ends what holds for everybody.
#include <map>
#include <string>
#include <string_view>

#include "doctor/machine.hpp"

namespace bitgrid::doctor {

using SshSettings = std::map<std::string, std::string>;  ///< keys and values in small letters

/// Adds what the text says and is not yet known. Gives false where a `Match` ended it. Included
/// files are followed where there is a machine, eight deep at most.
bool add_ssh_settings(std::string_view text, SshSettings&, const Machine* = nullptr, int depth = 0);

/// NotFound: no server; Refused: its files are hidden from this user.
core::Result<SshSettings> read_ssh_settings(const Machine&);

/// The value, or that of the server itself.
std::string ssh_setting(const SshSettings&, const std::string& key);

}  // namespace bitgrid::doctor
