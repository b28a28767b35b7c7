#pragma once
// What of the configuration may lie in a backup that anybody can read. Passwords and keys stand in
// files of their own beside the YAML files; a YAML file with one in it is refused by the daemon,
// but may lie there. Any thread.
#include <string>

namespace bitgrid::app {

/// A YAML file without a password, token or key in it, and without a login in an address. False
/// where that cannot be told.
bool may_lie_open(const std::string& path, const std::string& text);

}  // namespace bitgrid::app
