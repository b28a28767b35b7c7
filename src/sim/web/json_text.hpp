#pragma once
// JSON to text, whatever bytes came in from outside: what is not UTF-8 is replaced, nothing is
// thrown.
#include <nlohmann/json.hpp>
#include <string>

namespace bitgrid::sim {

template <class Json>
std::string text_of(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace bitgrid::sim
