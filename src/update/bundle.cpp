#include "update/bundle.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "files/whole_file.hpp"

namespace bitgrid::update {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostSignature = 200;
constexpr archive::ZipBounds kBounds{kMostFiles + 2, kMostBytes + (std::int64_t{4} << 20)};

core::Error damaged(std::string what) { return {core::ErrorCode::Damaged, std::move(what)}; }
core::Error refused(std::string what) { return {core::ErrorCode::Refused, std::move(what)}; }

core::Result<std::vector<File>> files_of(const std::string& folder) {
    std::vector<File> files;
    std::error_code error;
    fs::recursive_directory_iterator entry{folder, error}, end;
    for (; !error && entry != end; entry.increment(error)) {
        const fs::path path = entry->path();
        const auto status = entry->symlink_status(error);
        if (error) break;
        if (fs::is_directory(status)) continue;
        File file{path.lexically_relative(folder).generic_string(), 0, false, {}};
        if (!fs::is_regular_file(status))
            return refused(path.string() + " is no plain file; an update has no links");
        if (!is_place_in_update(file.path))
            return refused(
                path.string() +
                ": an update has bin/, lib/ and share/, and in names letters, digits and "
                "._=-");
        const auto digest = crypto::sha256_of_file(path.string());
        if (!digest) return digest.error();
        file.sha256 = *digest;
        file.bytes = static_cast<std::int64_t>(entry->file_size(error));
        file.is_executable = (status.permissions() & fs::perms::owner_exec) != fs::perms::none;
        files.push_back(std::move(file));
    }
    if (error) return core::Error{core::ErrorCode::Unavailable, folder + ": " + error.message()};
    std::ranges::sort(files, {}, &File::path);
    return files;
}

core::Result<void> write_bundle(const Manifest& manifest, const std::string& folder,
                                const crypto::SigningKey& key, const std::string& to) {
    auto zip = archive::ZipWriter::create(to);
    if (!zip) return zip.error();
    const std::string text = text_of(manifest);
    if (auto done = zip->add_text(kManifestName, text); !done) return done;
    if (auto done = zip->add_text(kManifestSignature, crypto::hex(key.sign(text)) + "\n"); !done)
        return done;
    for (const File& file : manifest.files)
        if (auto done = zip->add_file(file.path, folder + "/" + file.path); !done) return done;
    return zip->close();
}

}  // namespace

core::Result<Manifest> pack_bundle(const PackOrder& order, const crypto::SigningKey& key,
                                   const std::string& to) {
    auto files = files_of(order.folder);
    if (!files) return files.error();
    const Manifest made{order.version,
                        order.architecture,
                        order.tables,
                        order.made,
                        crypto::hex(key.public_key()),
                        std::move(*files)};
    // As whoever gets it will read it.
    auto manifest = read_manifest(text_of(made));
    if (!manifest) return manifest.error();
    const bool was_there = fs::exists(fs::symlink_status(to));
    if (const auto done = write_bundle(*manifest, order.folder, key, to); !done) {
        if (!was_there) ::unlink(to.c_str());
        return done.error();
    }
    return manifest;
}

core::Result<Bundle> Bundle::open(const std::string& path, const std::string& key) {
    const auto text = archive::text_in_zip(path, kManifestName, kMostManifest);
    if (!text && text.error().code == core::ErrorCode::NotFound)
        return core::Error{core::ErrorCode::BadInput, "it is no update: " + text.error().what};
    if (!text) return text.error();
    auto manifest = read_manifest(*text);
    if (!manifest) return manifest.error();
    if (key != manifest->key)
        return damaged("it is signed by another key: " + manifest->key + ", and only " + key +
                       " is trusted here");
    auto hex = archive::text_in_zip(path, kManifestSignature, kMostSignature);
    if (!hex) return hex.error();
    while (!hex->empty() && hex->back() == '\n') hex->pop_back();
    const auto signature = crypto::signature_from_hex(*hex);
    const auto signer = crypto::public_key_from_hex(key);
    if (!signature || !signer || !crypto::is_signed_by(*signer, *text, *signature))
        return damaged("the signature of manifest.json does not fit: it was changed");
    if (manifest->architecture != own_architecture())
        return refused("it is for " + manifest->architecture + ", this machine is " +
                       own_architecture());
    Bundle bundle;
    bundle.path_ = path;
    bundle.signed_ = crypto::sha256(*text);
    bundle.manifest_ = std::move(*manifest);
    return bundle;
}

Bundle::Bundle(Bundle&& other) noexcept
    : path_{std::move(other.path_)},
      folder_{std::exchange(other.folder_, {})},
      signed_{other.signed_},
      manifest_{std::move(other.manifest_)} {}

Bundle::~Bundle() {
    std::error_code ignored;
    if (!folder_.empty()) fs::remove_all(folder_, ignored);
}

core::Result<void> Bundle::unpack_below(const std::string& parent) {
    std::string name = parent + "/" + kUnpacking + "XXXXXX";
    if (::mkdtemp(name.data()) == nullptr)
        return core::Error{core::ErrorCode::Unavailable, parent + ": no folder can be made there"};
    folder_ = name;
    const auto entries = archive::unpack_zip(path_, folder_, kBounds);
    if (!entries) return entries.error();
    if (auto proved = prove(*entries); !proved) return proved;
    for (const File& file : manifest_.files)
        if (::chmod((folder_ + "/" + file.path).c_str(), file.is_executable ? 0755 : 0644) != 0)
            return core::Error{core::ErrorCode::Unavailable, folder_ + "/" + file.path};
    std::error_code error;
    for (fs::recursive_directory_iterator at{folder_, error}, end; !error && at != end;
         at.increment(error))
        if (at->is_directory(error)) fs::permissions(at->path(), fs::perms{0755}, error);
    fs::permissions(folder_, fs::perms{0755}, error);
    if (error) return core::Error{core::ErrorCode::Unavailable, folder_ + ": " + error.message()};
    return {};
}

core::Result<void> Bundle::prove(const std::vector<archive::ZipEntry>& entries) const {
    for (const archive::ZipEntry& entry : entries)
        if (entry.path != kManifestName && entry.path != kManifestSignature &&
            manifest_.find(entry.path) == nullptr)
            return damaged(entry.path + " is not listed in manifest.json");
    for (const File& file : manifest_.files) {
        const auto entry = std::ranges::find(entries, file.path, &archive::ZipEntry::path);
        if (entry == entries.end()) return damaged(file.path + " is missing");
        if (entry->bytes != file.bytes) return damaged(file.path + " has another size");
        if (auto proved = prove_file(file); !proved) return proved;
    }
    // The file may have been exchanged since the signature was looked at.
    const auto digest = crypto::sha256_of_file(folder_ + "/" + kManifestName);
    if (!digest) return digest.error();
    if (*digest != signed_) return damaged("manifest.json was changed");
    return {};
}

core::Result<void> Bundle::prove_file(const File& file) const {
    const auto digest = crypto::sha256_of_file(folder_ + "/" + file.path);
    if (!digest) return digest.error();
    if (*digest != file.sha256)
        return damaged(file.path + " was changed: its SHA-256 is another one");
    return {};
}

core::Result<void> Bundle::move_to(const std::string& folder) {
    std::error_code error;
    if (fs::exists(fs::symlink_status(folder, error))) return refused(folder + " is there already");
    for (fs::recursive_directory_iterator at{folder_, error}, end; !error && at != end;
         at.increment(error))
        if (auto safe = files::sync(at->path().string()); !safe) return safe;
    if (error) return core::Error{core::ErrorCode::Unavailable, folder_ + ": " + error.message()};
    if (auto safe = files::sync(folder_); !safe) return safe;
    if (auto moved = files::move_into_place(folder_, folder); !moved) return moved;
    folder_.clear();
    return {};
}

}  // namespace bitgrid::update
