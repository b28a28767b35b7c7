#pragma once
// Where the programs lie so that the old one stays beside the new one:
// `versions/<version>/{bin,lib, share}`, and the links `current`, `previous` and `proven` (the
// newest that an update ended well with), each exchanged in one step. One process at a time (see
// the lock of `bitgrid update`); blocks. Unavailable: a file, in words.
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "update/version.hpp"

namespace bitgrid::update {

class Places {
public:
    explicit Places(std::string programs) : root_{std::move(programs)} {}

    const std::string& root() const { return root_; }
    std::string versions() const { return root_ + "/versions"; }
    std::string folder_of(const Version& v) const { return versions() + "/" + text_of(v); }

    /// What the links point to, where it is there.
    std::optional<Version> current() const { return linked("current"); }
    std::optional<Version> previous() const { return linked("previous"); }
    /// All that are there, oldest first.
    std::vector<Version> installed() const;

    core::Result<void> prepare() const;  ///< folders that are missing
    /// `current` is this version from now on, for whoever starts the program; on disk when this
    /// returns. NotFound where there is no such version.
    core::Result<void> switch_to(const Version&) const;
    core::Result<void> keep_as_previous(const Version&) const;
    core::Result<void> keep_as_proven(const Version&) const;

    /// What an unpacking left that was cut off.
    void remove_unfinished() const;
    void remove(const Version&) const;
    /// Every version but current and previous. Returns which.
    std::vector<Version> remove_older() const;

private:
    std::optional<Version> linked(const char* name) const;
    core::Result<void> link(const char* name, const Version&) const;

    std::string root_;
};

}  // namespace bitgrid::update
