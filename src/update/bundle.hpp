#pragma once
// An update as one file: a zip file with the programs, a manifest of every digest, and the
// signature of whoever releases it. Nothing of it is believed before signature and digests fit, and
// nothing of it stands in its place before that. One thread; blocks. BadInput: it is no update, in
// words; Damaged: not as it was signed, cut off, or signed by another key; Refused: for another
// machine; TooLarge; Unavailable: a file.
#include <string>

#include "archive/zip_file.hpp"
#include "crypto/signing_key.hpp"
#include "update/manifest.hpp"

namespace bitgrid::update {

struct PackOrder {
    std::string folder;  ///< with bin/, and lib/ and share/ where there are any
    Version version;
    std::string architecture;
    std::int64_t tables{};
    std::string made;  ///< ISO 8601
};

/// Writes the new file `to`; nothing is left of a failure. Refused: links, or names that an update
/// may not have.
core::Result<Manifest> pack_bundle(const PackOrder&, const crypto::SigningKey&,
                                   const std::string& to);

class Bundle {
public:
    /// Reads manifest and signature alone. `key`: the one that it must be signed by, hex.
    static core::Result<Bundle> open(const std::string& path, const std::string& key);

    const Manifest& manifest() const { return manifest_; }

    /// Into a new folder below `parent`, every file proved there against the manifest. It goes with
    /// this, unless moved.
    core::Result<void> unpack_below(const std::string& parent);
    /// Gives what was unpacked its name, for good. Refused where there is something of that name.
    core::Result<void> move_to(const std::string& folder);

    Bundle(Bundle&&) noexcept;
    Bundle& operator=(Bundle&&) = delete;
    ~Bundle();

private:
    Bundle() = default;
    core::Result<void> prove(const std::vector<archive::ZipEntry>&) const;
    core::Result<void> prove_file(const File&) const;

    std::string path_;
    std::string folder_;     ///< empty: nothing is unpacked
    crypto::Hash signed_{};  ///< of the manifest's text
    Manifest manifest_;
};

/// Name of a folder that an unpacking uses before it has proved itself begins so.
inline constexpr const char* kUnpacking = ".unpacking-";

}  // namespace bitgrid::update
