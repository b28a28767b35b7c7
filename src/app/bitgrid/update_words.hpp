#pragma once
// What `bitgrid update` says, in German and English.
#include <string>

#include "app/bitgrid/update_gates.hpp"
#include "wire/update_json.hpp"

namespace bitgrid::app {

struct UpdateWords {
    const char* steps[wire::kUpdateSteps];
    const char* step_done;  ///< seconds
    const char* is_update;  ///< version, architecture, files, MB
    const char* signed_by;
    const char* way_newer;  ///< from
    const char* way_same;
    const char* way_back;        ///< from
    const char* way_too_far;     ///< from
    const char* no_program_yet;  ///< of `check` on a machine without one
    const char* backup;          ///< folder
    const char* same_decisions;  ///< how many
    const char* changed;         ///< how many of how many
    const char* more_changed;
    const char* how_to_accept;
    const char* waits_for;  ///< names
    const char* orders_off;
    const char* done;    ///< from, to, s of standstill
    const char* placed;  ///< version, path
    const char* removed;
    const char* given_up;   ///< why
    const char* returning;  ///< why
    const char* returned;   ///< from, s
    const char* evidence;   ///< folder
    const char* held;
    const char* not_held;        ///< why
    const char* not_well_again;  ///< why
    const char* goes_on;         ///< to, step
    const char* undone;          ///< to
    const char* under_way;       ///< to, step
    const char* nobody_yet;
    const char* status_current;
    const char* status_previous;
    const char* status_none;
    const char* status_done;      ///< from, to, when, s
    const char* status_given_up;  ///< to, when, why
    const char* status_returned;  ///< to, from, when, why
};

const UpdateWords& update_words(bool is_german);

}  // namespace bitgrid::app
