#pragma once
// Orders that a story, a test or an observer gives the house: a word and its arguments, apart by
// spaces. One table of them in commands.cpp; unknown words and absurd arguments are refused with
// what is allowed.
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace bitgrid::sim {

class House;

struct OrderHelp {
    std::string_view usage;
    std::string_view does;
};

/// Every order, for --help and the guide.
std::vector<OrderHelp> order_list();

/// Whether the line could be an order: a known word with as many arguments as it takes.
core::Result<void> check_order(std::string_view line);

/// Does it to the house as it is now, without moving its time.
core::Result<void> do_order(House&, std::string_view line);

}  // namespace bitgrid::sim
