#include "core/signals.hpp"

namespace bitgrid::core {

std::optional<Signal> signal_named(std::string_view name) {
    for (const SignalSpec& spec : kSignals)
        if (spec.name == name) return spec.signal;
    return std::nullopt;
}

}  // namespace bitgrid::core
