#include "app/change.hpp"

namespace bitgrid::app {
namespace {

// `next` with all that can hold at once as it is `now`: what still differs needs new parts.
Installation without_values(Installation next, const Installation& now) {
    core::Config& config = next.config;
    const core::SiteConfig site = config.site;
    config.site = now.config.site;
    config.site.id = site.id;
    config.rules = now.config.rules;
    config.policy = now.config.policy;
    next.log = now.log;
    next.mirror = now.mirror;
    if (config.loads.size() != now.config.loads.size()) return next;
    for (std::size_t i = 0; i < config.loads.size(); ++i) {
        const core::LoadConfig load = config.loads[i];
        config.loads[i] = now.config.loads[i];
        config.loads[i].id = load.id;
        config.loads[i].kind = load.kind;
        config.loads[i].can_throttle = load.can_throttle;
    }
    return next;
}

}  // namespace

Change change_between(const Installation& now, const Installation& next) {
    if (now == next) return Change::None;
    if (now.config.site.block_minutes != next.config.site.block_minutes) return Change::Forbidden;
    return without_values(next, now) == now ? Change::Values : Change::Parts;
}

}  // namespace bitgrid::app
