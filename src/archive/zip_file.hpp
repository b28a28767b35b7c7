#pragma once
// A zip file of plain files: written without compression, because what we put in is compressed
// already; read as something that anybody may have made. Paths inside are letters, digits and
// `._=-` between single slashes; anything that leads out of the folder, stands there twice, is no
// plain file, or claims more than there is, is refused before a byte of it is kept. One thread at a
// time per object. BadInput: not such a zip file, in words; TooLarge: beyond the bounds;
// Unavailable: a file. Sizes in bytes.
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace bitgrid::archive {

struct ZipBounds {
    std::size_t entries{10'000};
    std::int64_t bytes{std::int64_t{4} << 30};  ///< of all entries together, as they really are
};

struct ZipEntry {
    std::string path;
    std::int64_t bytes{};
};

/// At most 200 characters, no empty part, none of only dots.
bool is_plain_path(std::string_view);

/// What is in it, every byte read and counted, nothing written. What is in it may not be larger
/// than itself: then it was packed by somebody else, or to do harm.
core::Result<std::vector<ZipEntry>> list_zip(const std::string& path, const ZipBounds& = {});
core::Result<std::vector<ZipEntry>> list_zip_in(std::string_view bytes, const ZipBounds& = {});

/// One file of it, at most so many bytes; the others are not read. NotFound where it is not in it.
core::Result<std::string> text_in_zip(const std::string& path, const std::string& name,
                                      std::size_t most);

/// The same as list_zip(), and each file below the folder, which exists and is empty. What was
/// unpacked before a failure stays for the caller to remove.
core::Result<std::vector<ZipEntry>> unpack_zip(const std::string& path, const std::string& folder,
                                               const ZipBounds& = {});

class ZipWriter {
public:
    /// A new file, for its owner alone; there must be none of that name.
    static core::Result<ZipWriter> create(const std::string& path);

    core::Result<void> add_file(const std::string& name, const std::string& path);
    core::Result<void> add_text(const std::string& name, std::string_view text);
    /// The directory at its end, and all of it on disk. Without it the file is no zip file.
    core::Result<void> close();

    ZipWriter(ZipWriter&&) noexcept;
    ZipWriter& operator=(ZipWriter&&) = delete;
    ~ZipWriter();

private:
    struct State;
    explicit ZipWriter(std::unique_ptr<State>);
    std::unique_ptr<State> state_;
};

}  // namespace bitgrid::archive
