// Any bytes as the body of a preview: refused with words, or answered; the same every time, and the
// moment that is asked about stays as it is.
// mutations: 3000
#include <cstdint>
#include <cstdlib>

#include "core/sample_home.hpp"
#include "research/what_if.hpp"

using namespace bitgrid;

namespace {

struct Mute final : ports::Narrator {
    core::Explanation decision(const core::Config&, const core::DecisionEvent&) const override {
        return {};
    }
    core::Explanation refusal(const core::Config&, std::string_view,
                              const core::DecisionEvent&) const override {
        return {};
    }
};

// A miner that runs and one that waits, with something to say for every rule.
core::Case house() {
    core::sample::Home home{2};
    home.running().changed(core::Action::Start, 1).price(18).forecast(1.5);
    home.state.site.grid_export = core::admit<core::Watts>(core::Signal::GridExport, 400);
    home.state.loads[1].off_for = {core::Seconds{600}, 0, core::Quality::Good};
    return {home.config, home.memory, home.state, core::Occasion::tick()};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const research::WhatIfBasis basis{house(), "", {}};
    const auto request = research::what_if_request({reinterpret_cast<const char*>(data), size});
    if (!request) {
        if (request.error().what.empty()) std::abort();
        return 0;
    }
    const auto told = research::what_if(basis, *request, Mute{});
    if (!told) {
        if (told.error().what.empty() || told.error().what.size() > 2'000) std::abort();
        return 0;
    }
    if (!told->value("preview", false) || (*told)["loads"].empty()) std::abort();
    if (!(basis.moment.state == house().state)) std::abort();
    const auto again = research::what_if(basis, *request, Mute{});
    if (!again || *again != *told) std::abort();
    return 0;
}
