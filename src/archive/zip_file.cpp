#include "archive/zip_file.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>

namespace bitgrid::archive {
namespace {

constexpr std::size_t kMostZipPath = 200;
constexpr std::size_t kZipPiece = 1 << 16;

struct ReadEnd {
    void operator()(struct archive* a) const { archive_read_free(a); }
};
using ZipSource = std::unique_ptr<struct archive, ReadEnd>;

core::Error zip_refused(const std::string& what) { return {core::ErrorCode::BadInput, what}; }
core::Error zip_unavailable(const std::string& path) {
    return {core::ErrorCode::Unavailable, path + ": " + std::strerror(errno)};
}
std::string own_words(struct archive* a) {
    const char* const words = archive_error_string(a);
    return words != nullptr ? words : "no reason given";
}

// As it may be said: whoever made the file chose its names, too.
std::string shown_name(const char* name) {
    if (name == nullptr) return "(a name that is no text)";
    std::string shown{name};
    shown.resize(std::min<std::size_t>(shown.size(), 60));
    for (char& c : shown)
        if (c < ' ' || c > '~') c = '?';
    return "\"" + shown + "\"";
}

/// A file of the unpacked folder; without a folder the bytes are only counted.
class Unpacked {
public:
    Unpacked(const std::string& folder, const std::string& name) {
        if (folder.empty()) return;
        path_ = folder + "/" + name;
        std::error_code error;
        std::filesystem::create_directories(std::filesystem::path{path_}.parent_path(), error);
        file_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        is_good_ = file_ >= 0;
    }
    Unpacked(const Unpacked&) = delete;
    Unpacked& operator=(const Unpacked&) = delete;
    ~Unpacked() {
        if (file_ >= 0) ::close(file_);
    }
    core::Result<void> write(const char* bytes, std::size_t size) {
        while (is_good_ && file_ >= 0 && size > 0) {
            const ssize_t written = ::write(file_, bytes, size);
            if (written < 0 && errno == EINTR) continue;
            is_good_ = written >= 0;
            if (!is_good_) break;
            bytes += written;
            size -= static_cast<std::size_t>(written);
        }
        if (!is_good_) return zip_unavailable(path_);
        return {};
    }

private:
    std::string path_;
    int file_{-1};
    bool is_good_{true};
};

class ZipReading {
public:
    ZipReading(ZipSource source, const ZipBounds& bounds, std::string folder)
        : source_{std::move(source)}, bounds_{bounds}, folder_{std::move(folder)} {}

    core::Result<std::vector<ZipEntry>> read() {
        for (;;) {
            archive_entry* entry = nullptr;
            const int got = archive_read_next_header(source_.get(), &entry);
            if (got == ARCHIVE_EOF) break;
            if (got != ARCHIVE_OK)
                return zip_refused("it cannot be read on: " + own_words(source_.get()));
            if (const auto taken = take(entry); !taken) return taken.error();
        }
        if (entries_.empty()) return zip_refused("there is nothing in it");
        return std::move(entries_);
    }

private:
    core::Result<void> take(archive_entry* entry) {
        const char* const given = archive_entry_pathname(entry);
        const std::string shown = shown_name(given);
        if (given == nullptr || !is_plain_path(given))
            return zip_refused(shown +
                               " is no name of a file that we take: allowed are letters, "
                               "digits and ._=- between single slashes, below its folder");
        if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_symlink(entry) != nullptr ||
            archive_entry_hardlink(entry) != nullptr)
            return zip_refused(shown + " is no plain file, but a link or a folder");
        if (archive_entry_is_encrypted(entry) != 0)
            return zip_refused(shown + " is encrypted as zip does it; we use age");
        if (!names_.insert(given).second) return zip_refused(shown + " is in it twice");
        if (entries_.size() >= bounds_.entries)
            return core::Error{core::ErrorCode::TooLarge,
                               "more than " + std::to_string(bounds_.entries) + " files in it"};
        const bool has_size = archive_entry_size_is_set(entry) != 0;
        const std::int64_t claimed = has_size ? archive_entry_size(entry) : -1;
        if (claimed > bounds_.bytes - total_) return too_much();
        entries_.push_back({given, 0});
        return copy(shown, claimed);
    }

    core::Result<void> copy(const std::string& shown, std::int64_t claimed) {
        Unpacked file{folder_, entries_.back().path};
        std::array<char, kZipPiece> piece;
        for (;;) {
            const auto got = archive_read_data(source_.get(), piece.data(), piece.size());
            if (got < 0) return zip_refused(shown + " is damaged: " + own_words(source_.get()));
            entries_.back().bytes += got;
            total_ += got;
            if (total_ > bounds_.bytes) return too_much();
            if (claimed >= 0 && entries_.back().bytes > claimed) break;
            if (const auto kept = file.write(piece.data(), static_cast<std::size_t>(got)); !kept)
                return kept;
            if (got == 0) break;
        }
        if (claimed >= 0 && entries_.back().bytes != claimed)
            return zip_refused(shown + " is not as long as it claims");
        return {};
    }

    core::Error too_much() const {
        return {core::ErrorCode::TooLarge,
                "what is in it is more than the file itself, or more than allowed (" +
                    std::to_string(bounds_.bytes) + " bytes): nothing of ours is packed like this"};
    }

    ZipSource source_;
    ZipBounds bounds_;
    std::string folder_;
    std::vector<ZipEntry> entries_;
    std::set<std::string> names_;
    std::int64_t total_{0};
};

// With the directory at the end alone: what is only in front of it, or cut off, is not in the file.
ZipSource new_source() {
    ZipSource source{archive_read_new()};
    archive_read_support_format_zip_seekable(source.get());
    return source;
}

core::Result<std::vector<ZipEntry>> walk(const std::string& path, const std::string& folder,
                                         ZipBounds bounds) {
    std::error_code error;
    const auto size = std::filesystem::file_size(path, error);
    if (error) return core::Error{core::ErrorCode::Unavailable, path + ": " + error.message()};
    bounds.bytes = std::min(bounds.bytes, static_cast<std::int64_t>(size));
    ZipSource source = new_source();
    if (archive_read_open_filename(source.get(), path.c_str(), kZipPiece) != ARCHIVE_OK)
        return zip_refused("it is no zip file, or its end is cut off");
    return ZipReading{std::move(source), bounds, folder}.read();
}

}  // namespace

bool is_plain_path(std::string_view path) {
    if (path.empty() || path.size() > kMostZipPath) return false;
    const auto is_plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view{"._=-/"}.find(c) != std::string_view::npos;
    };
    if (!std::all_of(path.begin(), path.end(), is_plain)) return false;
    for (std::size_t at = 0; at <= path.size();) {
        const std::size_t end = std::min(path.find('/', at), path.size());
        const std::string_view part = path.substr(at, end - at);
        if (part.find_first_not_of('.') == std::string_view::npos) return false;
        at = end + 1;
    }
    return true;
}

core::Result<std::vector<ZipEntry>> list_zip(const std::string& path, const ZipBounds& bounds) {
    return walk(path, {}, bounds);
}

core::Result<std::vector<ZipEntry>> list_zip_in(std::string_view bytes, const ZipBounds& bounds) {
    ZipBounds mine = bounds;
    mine.bytes = std::min(mine.bytes, static_cast<std::int64_t>(bytes.size()));
    ZipSource source = new_source();
    if (archive_read_open_memory(source.get(), bytes.data(), bytes.size()) != ARCHIVE_OK)
        return zip_refused("it is no zip file, or its end is cut off");
    return ZipReading{std::move(source), mine, {}}.read();
}

core::Result<std::string> text_in_zip(const std::string& path, const std::string& name,
                                      std::size_t most) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error))
        return core::Error{core::ErrorCode::Unavailable, path + ": there is no such file"};
    const ZipSource source = new_source();
    if (archive_read_open_filename(source.get(), path.c_str(), kZipPiece) != ARCHIVE_OK)
        return zip_refused("it is no zip file, or its end is cut off");
    std::size_t seen = 0;
    for (archive_entry* entry = nullptr;;) {
        const int got = archive_read_next_header(source.get(), &entry);
        if (got == ARCHIVE_EOF || ++seen > ZipBounds{}.entries)
            return core::Error{core::ErrorCode::NotFound, "there is no " + name + " in it"};
        if (got != ARCHIVE_OK)
            return zip_refused("it cannot be read on: " + own_words(source.get()));
        const char* const given = archive_entry_pathname(entry);
        if (given == nullptr || name != given) continue;
        std::string text(most + 1, '\0');
        const auto read = archive_read_data(source.get(), text.data(), text.size());
        if (read < 0) return zip_refused(name + " is damaged: " + own_words(source.get()));
        text.resize(static_cast<std::size_t>(read));
        if (text.size() <= most) return text;
        return core::Error{core::ErrorCode::TooLarge,
                           name + ": more than " + std::to_string(most) + " bytes"};
    }
}

core::Result<std::vector<ZipEntry>> unpack_zip(const std::string& path, const std::string& folder,
                                               const ZipBounds& bounds) {
    return walk(path, folder, bounds);
}

struct ZipWriter::State {
    struct archive* zip{archive_write_new()};
    std::string path;
    int file{-1};

    ~State() {
        if (zip != nullptr) archive_write_free(zip);
        if (file >= 0) ::close(file);
    }
    core::Error failed_to_write() const {
        return {core::ErrorCode::Unavailable, path + ": " + own_words(zip)};
    }
    core::Result<void> begin(const std::string& name, std::int64_t bytes) const {
        archive_entry* const entry = archive_entry_new();
        archive_entry_set_pathname(entry, name.c_str());
        archive_entry_set_filetype(entry, AE_IFREG);
        archive_entry_set_perm(entry, 0600);
        archive_entry_set_size(entry, bytes);
        archive_entry_set_mtime(entry, kSomeDay, 0);  // when it was made is nobody's business here
        const int done = archive_write_header(zip, entry);
        archive_entry_free(entry);
        if (done != ARCHIVE_OK) return failed_to_write();
        return {};
    }
    core::Result<void> write(const char* bytes, std::size_t size) const {
        if (archive_write_data(zip, bytes, size) != static_cast<la_ssize_t>(size))
            return failed_to_write();
        return {};
    }
    static constexpr std::time_t kSomeDay = 946'728'000;  // 2000-01-01, noon
};

ZipWriter::ZipWriter(std::unique_ptr<State> state) : state_{std::move(state)} {}
ZipWriter::ZipWriter(ZipWriter&&) noexcept = default;
ZipWriter::~ZipWriter() = default;

core::Result<ZipWriter> ZipWriter::create(const std::string& path) {
    auto state = std::make_unique<State>();
    state->path = path;
    state->file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (state->file < 0) return zip_unavailable(path);
    archive_write_set_format_zip(state->zip);
    archive_write_zip_set_compression_store(state->zip);
    archive_write_set_bytes_in_last_block(state->zip, 1);  // no padding
    if (archive_write_open_fd(state->zip, state->file) != ARCHIVE_OK)
        return state->failed_to_write();
    return ZipWriter{std::move(state)};
}

core::Result<void> ZipWriter::add_file(const std::string& name, const std::string& path) {
    std::error_code error;
    const auto size = std::filesystem::file_size(path, error);
    std::ifstream file{path, std::ios::binary};
    if (error || !file) return core::Error{core::ErrorCode::Unavailable, path + ": cannot be read"};
    if (const auto begun = state_->begin(name, static_cast<std::int64_t>(size)); !begun)
        return begun;
    std::array<char, kZipPiece> piece;
    while (file.read(piece.data(), piece.size()), file.gcount() > 0)
        if (const auto done = state_->write(piece.data(), static_cast<std::size_t>(file.gcount()));
            !done)
            return done;
    return {};
}

core::Result<void> ZipWriter::add_text(const std::string& name, std::string_view text) {
    if (const auto begun = state_->begin(name, static_cast<std::int64_t>(text.size())); !begun)
        return begun;
    return state_->write(text.data(), text.size());
}

core::Result<void> ZipWriter::close() {
    if (archive_write_close(state_->zip) != ARCHIVE_OK) return state_->failed_to_write();
    if (::fsync(state_->file) != 0) return zip_unavailable(state_->path);
    return {};
}

}  // namespace bitgrid::archive
