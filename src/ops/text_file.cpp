#include "ops/text_file.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>

namespace bitgrid::ops {

core::Result<std::string> read_text_file(const std::filesystem::path& path, std::size_t most) {
    std::error_code fault;
    // A pipe or a device could block or never end.
    if (!std::filesystem::is_regular_file(path, fault)) {
        return core::Error{core::ErrorCode::NotFound, path.string() + " is no file"};
    }
    std::ifstream file{path, std::ios::binary};
    if (!file) {
        return core::Error{core::ErrorCode::Refused,
                           "cannot read " + path.string() + ": " + std::strerror(errno)};
    }
    std::string text(most + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (file.bad()) return core::Error{core::ErrorCode::Damaged, "cannot read " + path.string()};
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (text.size() > most) {
        return core::Error{core::ErrorCode::TooLarge,
                           path.string() + " is larger than " + std::to_string(most) + " bytes"};
    }
    return text;
}

}  // namespace bitgrid::ops
