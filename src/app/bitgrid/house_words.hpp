#pragma once
// A house (`live/1`) as lines of text: notices, loads with their newest sentence, parts that need
// attention.
#include <nlohmann/json.hpp>

#include "app/bitgrid/page_words.hpp"

namespace bitgrid::app {

/// Everything, to standard output.
void print_house(const PageWords&, const nlohmann::json& live);
/// Only what the page's banner says.
void print_notices(const PageWords&, const nlohmann::json& live);

}  // namespace bitgrid::app
