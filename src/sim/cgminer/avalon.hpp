#pragma once
// The simulated Avalon's side of the CGMiner API: a request's text in, the answer's text out,
// without the closing NUL. Like the real one: chip temperatures only in the bracket text of estats,
// `devs` says -273, a clock since boot.
#include <string>
#include <string_view>

#include "sim/house.hpp"

namespace bitgrid::sim {

class Avalon {
public:
    /// The house must outlive it.
    explicit Avalon(House& house) : house_{house} {}

    /// `{"command":…,"parameter":…}` answers in JSON, `command|parameter` in CGMiner's plain text.
    std::string answer(std::string_view request);

private:
    House& house_;
};

/// The answer with what real miners get wrong: missing and trailing commas, a torn tail.
std::string torn(const std::string& json);

}  // namespace bitgrid::sim
