#pragma once
// The verbs of `bitgrid`: one file each, one line in the table of main.cpp each.
#include <CLI/CLI.hpp>

namespace bitgrid::app {

/// What a verb ends with.
enum Exit : int {
    kOk = 0,
    kNo = 1,
    kBadInput = 2,
    kReturned = 3,  ///< an update was taken back: the old program runs again
    kUsage = 64,
    kUnavailable = 69,
    kBadConfig = 78
};

/// Adds a verb's command line; what it says when it is called goes to `exit_code`.
using AddVerb = void (*)(CLI::App& app, int& exit_code);

void add_status(CLI::App&, int& exit_code);
void add_stop(CLI::App&, int& exit_code);
void add_ack(CLI::App&, int& exit_code);
void add_override(CLI::App&, int& exit_code);
void add_autonomy(CLI::App&, int& exit_code);
void add_doctor(CLI::App&, int& exit_code);
void add_drill(CLI::App&, int& exit_code);
void add_config(CLI::App&, int& exit_code);
void add_decide(CLI::App&, int& exit_code);
void add_simulate(CLI::App&, int& exit_code);
void add_demo(CLI::App&, int& exit_code);
void add_timeline(CLI::App&, int& exit_code);
void add_explain(CLI::App&, int& exit_code);
void add_replay(CLI::App&, int& exit_code);
void add_seal(CLI::App&, int& exit_code);
void add_kpi(CLI::App&, int& exit_code);
void add_compare(CLI::App&, int& exit_code);
void add_sweep(CLI::App&, int& exit_code);
void add_mirror(CLI::App&, int& exit_code);
void add_what_if(CLI::App&, int& exit_code);
void add_verify(CLI::App&, int& exit_code);
void add_backup(CLI::App&, int& exit_code);
void add_backup_verify(CLI::App& backup, int& exit_code);
void add_restore(CLI::App&, int& exit_code);
void add_key(CLI::App&, int& exit_code);
void add_research(CLI::App&, int& exit_code);
void add_export(CLI::App&, int& exit_code);
void add_ca(CLI::App&, int& exit_code);
void add_mqtt(CLI::App&, int& exit_code);
void add_gateway(CLI::App&, int& exit_code);
void add_update(CLI::App&, int& exit_code);
void add_version(CLI::App&, int& exit_code);
void add_completion(CLI::App&, int& exit_code);
void add_user(CLI::App&, int& exit_code);
void add_token(CLI::App&, int& exit_code);
void add_audit(CLI::App&, int& exit_code);

}  // namespace bitgrid::app
