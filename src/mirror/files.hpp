#pragma once
// What the mirror does to the disk, in one place, so that a test can let any of it fail or die.
// One thread. Failures are Unavailable and name the file.
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace bitgrid::mirror {

class Files {
public:
    virtual ~Files() = default;

    /// The whole text or what was there before, also after a power cut. For its owner alone.
    virtual core::Result<void> keep(const std::filesystem::path&, std::string_view text);
    /// No failure where there is nothing.
    virtual core::Result<void> remove(const std::filesystem::path&);
    /// The folder with those above it, for its owner alone.
    virtual core::Result<void> make_folder(const std::filesystem::path&);
    /// NotFound where there is none, TooLarge above `most` bytes.
    virtual core::Result<std::string> read(const std::filesystem::path&, std::size_t most);
    /// Names of the files in it, in order; none where it is missing.
    virtual std::vector<std::string> names_in(const std::filesystem::path& folder);
    /// Of the disk below, for users without privileges, percent; none where it cannot be asked.
    virtual std::optional<double> free_pct(const std::filesystem::path& folder);

protected:
    /// The two halves of keep(): the text beside its place, and its rename.
    virtual core::Result<void> write_beside(const std::filesystem::path&, std::string_view text);
    virtual core::Result<void> rename_into_place(const std::filesystem::path&);
};

/// What keep() calls a file until it is whole.
std::filesystem::path unfinished(const std::filesystem::path&);

}  // namespace bitgrid::mirror
