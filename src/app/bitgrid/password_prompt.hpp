#pragma once
// A password from a terminal, without an echo, or the first line of standard input; never from the
// command line, which everybody on the machine can read.
#include "accounts/secret.hpp"
#include "core/result.hpp"

namespace bitgrid::app {

/// A new one is asked for twice on a terminal. BadInput: they differ, or there is none.
core::Result<accounts::Secret> ask_for_new_password(bool is_german);

}  // namespace bitgrid::app
