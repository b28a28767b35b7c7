#pragma once
// The frame of a page that stands alone: nothing is loaded from anywhere, and it prints on A4.
// Pure.
#include <string>

namespace bitgrid::research {

/// `body` is HTML, the rest plain text.
std::string framed_page(const std::string& language, const std::string& title,
                        const std::string& body);

}  // namespace bitgrid::research
