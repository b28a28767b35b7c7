#include "adapters/web_reply.hpp"

namespace bitgrid::adapters {

constexpr std::size_t kLongestComplaint = 120;

std::string WebReply::complaint() const {
    std::string line = std::to_string(status) + ": ";
    for (const char c : std::string_view{body}.substr(0, kLongestComplaint))
        line += c >= ' ' && c <= '~' ? c : ' ';
    return line;
}

}  // namespace bitgrid::adapters
