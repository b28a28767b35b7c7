#pragma once
// An export as it came from somewhere, opened: unpacked into a temporary folder of its own, proved,
// and gone with this. Nothing of it is believed before its signature and every digest fit. One
// thread. BadInput: it is no export, in words; TooLarge; Damaged: not as it was signed, or not by
// the key that was asked for; Refused: encrypted, and no key for it; Unavailable: a file.
#include <string>
#include <string_view>
#include <vector>

#include "archive/export_manifest.hpp"
#include "archive/zip_file.hpp"

namespace bitgrid::archive {

struct BundleWanted {
    std::string key;                      ///< that it must be signed by, hex; empty: any
    std::vector<std::string> identities;  ///< age, for one that is encrypted
    ZipBounds bounds{};
};

class ExportBundle {
public:
    static core::Result<ExportBundle> open(const std::string& path, const BundleWanted&);

    const ExportManifest& manifest() const { return manifest_; }
    bool was_encrypted() const { return was_encrypted_; }
    /// Full paths of a dataset's files, in order.
    std::vector<std::string> files(std::string_view dataset) const;
    /// Folder of its configurations, `<version>.json`.
    std::string configs() const { return folder_ + "/content/config"; }

    ExportBundle(ExportBundle&&) noexcept;
    ExportBundle& operator=(ExportBundle&&) = delete;
    ~ExportBundle();

private:
    ExportBundle() = default;
    core::Result<void> make_folder();
    core::Result<std::string> decrypted(const std::string& path, const BundleWanted&);
    core::Result<void> prove(const std::vector<ZipEntry>&, const std::string& key);
    core::Result<void> prove_file(const ExportFile&, const std::vector<ZipEntry>&) const;
    core::Result<void> count_rows() const;

    std::string folder_;
    ExportManifest manifest_;
    bool was_encrypted_{false};
};

}  // namespace bitgrid::archive
