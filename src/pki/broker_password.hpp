#pragma once
// Passwords of programs for the broker on their own machine: drawn here, never thought of by a
// person. Mosquitto keeps PBKDF2 of them ($7$, from 2.0).
#include <string>

namespace bitgrid::pki {

/// 256 bits of chance, hex.
std::string draw_password();
/// A line of Mosquitto's password file; the same for the same password, so that a file that is
/// written again does not change.
std::string password_line(const std::string& user, const std::string& password);

}  // namespace bitgrid::pki
