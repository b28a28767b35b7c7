#include "app/bitgrid/secrets.hpp"

#include <algorithm>
#include <fstream>

#include "app/bitgrid/looking.hpp"
#include "crypto/age.hpp"

namespace bitgrid::app {
namespace {

constexpr std::size_t kMostBytes = 65'536;

// A pipe or a link is fine here: its owner names it.
core::Result<std::string> text_of(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    std::string text(kMostBytes, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (text.empty())
        return core::Error{core::ErrorCode::BadInput, path + ": cannot be read, or is empty"};
    return text;
}

}  // namespace

core::Result<std::string> passphrase_in(const std::string& file) {
    auto text = text_of(file);
    if (!text) return text.error();
    text->resize(std::min(text->find_first_of("\r\n"), text->size()));
    if (text->empty())
        return core::Error{core::ErrorCode::BadInput, file + ": its first line is empty"};
    return text;
}

core::Result<std::vector<std::string>> identities_in(const std::string& file) {
    const auto text = text_of(file);
    if (!text) return text.error();
    auto identities = crypto::age::identities_in(*text);
    if (!identities)
        return core::Error{core::ErrorCode::BadInput, file + ": " + identities.error().what};
    return identities;
}

int explain(const core::Error& error) {
    switch (error.code) {
        case core::ErrorCode::BadInput:
            return refuse(kUsage, error.what);
        case core::ErrorCode::Damaged:
        case core::ErrorCode::Refused:
            return refuse(kNo, error.what);
        default:
            return refuse(kUnavailable, error.what);
    }
}

}  // namespace bitgrid::app
