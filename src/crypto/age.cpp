#include "crypto/age.hpp"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "crypto/age_stream.hpp"

namespace bitgrid::crypto::age {
namespace {

constexpr std::size_t kFirstLook = 4'096;

core::Error unavailable(const std::string& path) {
    return {core::ErrorCode::Unavailable, path + ": " + std::strerror(errno)};
}

class Descriptor {
public:
    Descriptor(const std::string& path, int flags) : file_{::open(path.c_str(), flags, 0600)} {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (file_ >= 0) ::close(file_);
    }
    bool is_open() const { return file_ >= 0; }
    int get() const { return file_; }

private:
    int file_;
};

Source source_of(int file, const std::string& path) {
    return [file, path](std::string& to, std::size_t most) -> core::Result<void> {
        const std::size_t before = to.size();
        to.resize(before + most);
        ssize_t got = 0;
        do {
            got = ::read(file, to.data() + before, most);
        } while (got < 0 && errno == EINTR);
        to.resize(before + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
        if (got < 0) return unavailable(path);
        return {};
    };
}

Sink sink_of(int file, const std::string& path) {
    return [file, path](std::string_view bytes) -> core::Result<void> {
        while (!bytes.empty()) {
            const ssize_t put = ::write(file, bytes.data(), bytes.size());
            if (put < 0 && errno == EINTR) continue;
            if (put < 0) return unavailable(path);
            bytes.remove_prefix(static_cast<std::size_t>(put));
        }
        return {};
    };
}

core::Result<void> encrypt_all(Reader& from, const Sink& to, const Lock& lock) {
    if (sodium_init() < 0)
        return core::Error{core::ErrorCode::Unavailable, "no source of random numbers"};
    const FileKey key = FileKey::fresh();
    const auto stanzas = wrap(key, lock);
    if (!stanzas) return stanzas.error();
    const std::string header = write_header(*stanzas);
    const KeyBytes sum = header_sum(key, header);
    const std::string_view bytes{reinterpret_cast<const char*>(sum.data()), sum.size()};
    if (auto written = to(header + " " + base64(bytes) + "\n"); !written) return written;
    return seal_all(key, from, to);
}

core::Result<void> decrypt_all(Reader& from, const Sink& to, const Key& key) {
    std::optional<Header> header;
    for (std::size_t size = kFirstLook; !header; size *= 2) {
        if (auto filled = from.fill(size); !filled) return filled;
        auto read = read_header(from.ahead());
        if (!read) return read.error();
        header = std::move(read).value();
        if (!header && from.ahead().size() < size)
            return core::Error{core::ErrorCode::BadInput, "no age file: its header has no end"};
    }
    const auto file_key = unwrap(*header, key);
    if (!file_key) return file_key.error();
    from.drop(header->length);
    return open_all(*file_key, from, to);
}

/// Reads `from`, writes `to`; on failure there is no trace, and words name the file that was read.
template <class Work>
core::Result<void> from_file_to_file(const std::string& from, const std::string& to, Work work) {
    const Descriptor in{from, O_RDONLY | O_CLOEXEC};
    if (!in.is_open()) return unavailable(from);
    const std::string unfinished = to + ".unfinished";
    ::unlink(unfinished.c_str());
    const Descriptor out{unfinished, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW};
    if (!out.is_open()) return unavailable(unfinished);
    Reader reader{source_of(in.get(), from)};
    core::Result<void> done = work(reader, sink_of(out.get(), to));
    if (!done && done.error().code != core::ErrorCode::Unavailable)
        done = core::Error{done.error().code, from + ": " + done.error().what};
    if (done && ::fsync(out.get()) != 0) done = unavailable(to);
    if (done && std::rename(unfinished.c_str(), to.c_str()) != 0) done = unavailable(to);
    if (!done) ::unlink(unfinished.c_str());
    return done;
}

template <class Work>
core::Result<std::string> in_memory(std::string_view text, Work work) {
    Reader reader{[&text](std::string& to, std::size_t most) -> core::Result<void> {
        to += text.substr(0, most);
        text.remove_prefix(std::min(most, text.size()));
        return {};
    }};
    std::string all;
    const auto done = work(reader, [&all](std::string_view bytes) -> core::Result<void> {
        all += bytes;
        return {};
    });
    if (!done) return done.error();
    return all;
}

auto encrypting(const Lock& lock) {
    return [&lock](Reader& from, const Sink& to) { return encrypt_all(from, to, lock); };
}
auto decrypting(const Key& key) {
    return [&key](Reader& from, const Sink& to) { return decrypt_all(from, to, key); };
}

}  // namespace

core::Result<void> encrypt_file(const std::string& from, const std::string& to, const Lock& lock) {
    return from_file_to_file(from, to, encrypting(lock));
}

core::Result<void> decrypt_file(const std::string& from, const std::string& to, const Key& key) {
    return from_file_to_file(from, to, decrypting(key));
}

core::Result<std::string> encrypt(std::string_view text, const Lock& lock) {
    return in_memory(text, encrypting(lock));
}

core::Result<std::string> decrypt(std::string_view text, const Key& key) {
    return in_memory(text, decrypting(key));
}

}  // namespace bitgrid::crypto::age
