#pragma once
// The parts of `bitgrid mirror`, each in a file of its own.
#include <CLI/CLI.hpp>

namespace bitgrid::app {

void add_mirror_on(CLI::App& mirror, int& exit_code);  ///< and off
void add_mirror_run(CLI::App& mirror, int& exit_code);
void add_mirror_status(CLI::App& mirror, int& exit_code);
void add_mirror_keygen(CLI::App& mirror, int& exit_code);
void add_mirror_read(CLI::App& mirror, int& exit_code);

}  // namespace bitgrid::app
