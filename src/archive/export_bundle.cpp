#include "archive/export_bundle.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <utility>

#include "archive/duckdb.hpp"
#include "crypto/age.hpp"
#include "crypto/signing_key.hpp"

namespace bitgrid::archive {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kZipMagic{"PK\x03\x04", 4};
constexpr std::string_view kAgeMagic{"age-encryption.org/v1"};

std::string text_of_file(const std::string& path, std::size_t most) {
    std::ifstream file{path, std::ios::binary};
    std::string text(most + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    return text;
}

core::Error not_as_signed(const std::string& what) { return {core::ErrorCode::Damaged, what}; }

}  // namespace

ExportBundle::ExportBundle(ExportBundle&& other) noexcept
    : folder_{std::exchange(other.folder_, {})},
      manifest_{std::move(other.manifest_)},
      was_encrypted_{other.was_encrypted_} {}

ExportBundle::~ExportBundle() {
    std::error_code ignored;
    if (!folder_.empty()) fs::remove_all(folder_, ignored);
}

core::Result<void> ExportBundle::make_folder() {
    std::error_code error;
    std::string name = (fs::temp_directory_path(error) / "bitgrid-export-XXXXXX").string();
    if (error || ::mkdtemp(name.data()) == nullptr)
        return core::Error{core::ErrorCode::Unavailable, "no temporary folder can be made"};
    folder_ = name;
    fs::create_directory(folder_ + "/content", error);
    if (error) return core::Error{core::ErrorCode::Unavailable, folder_ + ": " + error.message()};
    return {};
}

core::Result<std::string> ExportBundle::decrypted(const std::string& path,
                                                  const BundleWanted& wanted) {
    if (wanted.identities.empty())
        return core::Error{core::ErrorCode::Refused,
                           "it is encrypted; --identity names the file with the key for it"};
    std::string plain = folder_ + "/plain.zip";
    if (const auto done = crypto::age::decrypt_file(path, plain, {wanted.identities, {}}); !done)
        return done.error();
    was_encrypted_ = true;
    return plain;
}

core::Result<ExportBundle> ExportBundle::open(const std::string& path, const BundleWanted& wanted) {
    std::error_code error;
    const auto size = fs::file_size(path, error);
    if (error) return core::Error{core::ErrorCode::Unavailable, path + ": " + error.message()};
    if (static_cast<std::int64_t>(size) > wanted.bounds.bytes)
        return core::Error{core::ErrorCode::TooLarge,
                           "more than " + std::to_string(wanted.bounds.bytes) + " bytes"};
    const std::string begin = text_of_file(path, kAgeMagic.size());
    const bool is_age = begin.starts_with(kAgeMagic);
    if (!is_age && !begin.starts_with(kZipMagic))
        return core::Error{core::ErrorCode::BadInput,
                           "it is no export: neither a zip file nor one that age encrypted"};
    ExportBundle bundle;
    if (const auto made = bundle.make_folder(); !made) return made.error();
    std::string zip = path;
    if (is_age) {
        auto plain = bundle.decrypted(path, wanted);
        if (!plain) return plain.error();
        zip = std::move(*plain);
    }
    const auto entries = unpack_zip(zip, bundle.folder_ + "/content", wanted.bounds);
    if (!entries) return entries.error();
    if (is_age) fs::remove(zip, error);
    if (const auto proved = bundle.prove(*entries, wanted.key); !proved) return proved.error();
    return bundle;
}

core::Result<void> ExportBundle::prove(const std::vector<ZipEntry>& entries,
                                       const std::string& key) {
    const std::string content = folder_ + "/content/";
    const auto has = [&](const char* name) {
        return std::ranges::any_of(entries, [&](const ZipEntry& e) { return e.path == name; });
    };
    for (const char* name : {kManifestName, kManifestSignature})
        if (!has(name))
            return core::Error{core::ErrorCode::BadInput,
                               std::string{"it is no export: there is no "} + name + " in it"};
    const std::string text = text_of_file(content + kManifestName, kMostManifest);
    auto manifest = read_manifest(text);
    if (!manifest) return manifest.error();
    manifest_ = std::move(*manifest);
    if (!key.empty() && key != manifest_.key)
        return not_as_signed("it says that it is signed by " + manifest_.key + ", not by " + key);
    std::string hex = text_of_file(content + kManifestSignature, 200);
    while (!hex.empty() && hex.back() == '\n') hex.pop_back();
    const auto signature = crypto::signature_from_hex(hex);
    const auto signer = crypto::public_key_from_hex(manifest_.key);
    if (!signature || !signer || !crypto::is_signed_by(*signer, text, *signature))
        return not_as_signed("the signature of manifest.json does not fit: it was changed");
    for (const ZipEntry& entry : entries)
        if (entry.path != kManifestName && entry.path != kManifestSignature &&
            std::ranges::none_of(manifest_.files,
                                 [&](const ExportFile& f) { return f.path == entry.path; }))
            return not_as_signed(entry.path + " is not listed in manifest.json");
    for (const ExportFile& file : manifest_.files)
        if (const auto proved = prove_file(file, entries); !proved) return proved;
    return count_rows();
}

core::Result<void> ExportBundle::prove_file(const ExportFile& file,
                                            const std::vector<ZipEntry>& entries) const {
    const auto entry = std::ranges::find(entries, file.path, &ZipEntry::path);
    if (entry == entries.end()) return not_as_signed(file.path + " is missing");
    const auto digest = crypto::sha256_of_file(folder_ + "/content/" + file.path);
    if (!digest) return digest.error();
    if (*digest != file.sha256 || entry->bytes != file.bytes)
        return not_as_signed(file.path + " was changed: its SHA-256 is another one");
    return {};
}

core::Result<void> ExportBundle::count_rows() const {
    auto duckdb = Duckdb::open({1, 128});
    if (!duckdb) return duckdb.error();
    for (const ExportFile& file : manifest_.files) {
        if (file.dataset == "config") continue;
        auto rows = duckdb->query("SELECT CAST(num_rows AS BIGINT) FROM parquet_file_metadata(" +
                                  sql_text(folder_ + "/content/" + file.path) + ")");
        const auto has_row = rows ? rows->next() : core::Result<bool>{rows.error()};
        if (!has_row || !*has_row || rows->integer(0) != file.rows)
            return not_as_signed(file.path + " has not the " + std::to_string(file.rows) +
                                 " rows that manifest.json says");
    }
    return {};
}

std::vector<std::string> ExportBundle::files(std::string_view dataset) const {
    std::vector<std::string> paths;
    for (const ExportFile& file : manifest_.files)
        if (file.dataset == dataset) paths.push_back(folder_ + "/content/" + file.path);
    return paths;
}

}  // namespace bitgrid::archive
