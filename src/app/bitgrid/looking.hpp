#pragma once
// What the verbs that look into a journal share: where it lies, in which language they speak, and
// moments as people write and read them.
#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "app/bitgrid/verbs.hpp"
#include "store/journal_reader.hpp"

namespace bitgrid::app {

/// Whether LC_ALL, LC_MESSAGES or LANG ask for German; else it is English.
bool environment_is_german();

struct Looking {
    std::string data{"data"};
    std::string language;  ///< empty: that of the environment
    bool is_json{false};

    void add_to(CLI::App& verb);
    std::string database() const { return data + "/bitgrid.sqlite"; }
    bool is_german() const;
    /// The text of an explanation, e.g. `short`, in the language asked for.
    const char* key() const { return is_german() ? "de" : "en"; }
};

/// Says on standard error what is wrong, and gives the exit code for it.
int refuse(int exit_code, const std::string& what);

/// A day, a moment (ISO 8601, UTC), or a time back from now: `2026-06-15`, `2026-06-15T10:00Z`,
/// `36h`, `7d`. BadInput names the text.
core::Result<core::UnixTime> read_moment(const std::string& text, core::UnixTime now);

/// The part of the past that a verb is about.
struct Period {
    std::string since;
    std::string until;

    void add_to(CLI::App& verb);
    /// Sets since and until of the query; BadInput names the text that is no time.
    core::Result<void> read_into(ports::HistoryQuery&) const;
};

/// `2026-06-15 12:00` on the clock of this machine, from ISO 8601.
std::string on_the_clock(const std::string& iso);

}  // namespace bitgrid::app
