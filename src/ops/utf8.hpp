#pragma once
// Whether bytes are well-formed UTF-8 without NUL.
#include <string_view>

namespace bitgrid::ops {

bool is_utf8(std::string_view bytes);

}  // namespace bitgrid::ops
