#include "ops/config_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "ops/field_table.hpp"

namespace bitgrid::ops {
namespace {

constexpr std::size_t kMaxId = 32;

bool is_id(std::string_view id, char joiner) {
    if (id.empty() || id.size() > kMaxId) return false;
    return std::ranges::all_of(id, [joiner](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == joiner;
    });
}

/// Where the system has no time zones at all, none can be judged.
bool is_time_zone(const std::string& name) {
    const std::filesystem::path zones{"/usr/share/zoneinfo"};
    std::error_code fault;
    const bool is_shaped = std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '/' || c == '_' || c == '-' || c == '+';
    });
    if (name.empty() || !is_shaped || name.front() == '/') return false;
    if (!std::filesystem::exists(zones, fault)) return true;
    return std::filesystem::is_regular_file(zones / name, fault);
}

/// One end of an order that must hold: a key and its value.
struct End {
    std::string_view key;
    double value;
};

class Order {
public:
    Order(const Places& places, Problems& problems) : places_{places}, problems_{problems} {}

    void at_most(End low, End high) const {
        if (low.value <= high.value) return;
        if (places_.is_faulty(low.key) || places_.is_faulty(high.key)) return;
        // The line of the key that the owner wrote helps; a default has none.
        const bool blames_high = places_.of(low.key).line == 0;
        const End& blamed = blames_high ? high : low;
        const End& other = blames_high ? low : high;
        problems_.push_back(
            places_.problem(blamed.key, "found " + json_number(blamed.value),
                            fmt::format("at {} {}, which is {}", blames_high ? "least" : "most",
                                        other.key, json_number(other.value))));
    }

private:
    const Places& places_;
    Problems& problems_;
};

void check_soc_bands(const core::RuleConfig& rules, const Order& order) {
    const End stop{"soc_stop_pct", rules.soc_stop.value};
    const End eco{"soc_eco_start_pct", rules.soc_eco_start.value};
    const End standard{"soc_standard_pct", rules.soc_standard.value};
    const End super{"soc_super_pct", rules.soc_super.value};
    const End standard_stop{"soc_standard_stop_pct", rules.soc_standard_stop.value};
    const End super_stop{"soc_super_stop_pct", rules.soc_super_stop.value};
    order.at_most(stop, eco);
    order.at_most(eco, standard);
    order.at_most(standard, super);
    order.at_most(standard_stop, standard);
    order.at_most(super_stop, super);
    order.at_most(stop, standard_stop);
    order.at_most(standard_stop, super_stop);
}

void check_load(const core::LoadConfig& load, const std::string& path, const Places& places,
                Problems& problems) {
    if (!is_id(load.id, '_') || load.id == "all") {
        problems.push_back(places.problem(path + "id", "found " + in_quotes(load.id),
                                          "1 to 32 lower-case letters, digits and _, but not all"));
    }
    if (load.full_w.value <= 0) {
        problems.push_back(places.problem(path + "full_w", "found 0", "more than 0"));
    }
    if (load.can_throttle && load.eco_w >= load.full_w) {
        problems.push_back(
            places.problem(path + "eco_w", "found " + json_number(load.eco_w.value),
                           fmt::format("less than full_w, which is {}, or can_throttle: false",
                                       json_number(load.full_w.value))));
    }
}

}  // namespace

void check_site(const core::SiteConfig& site, const Places& places, Problems& problems) {
    if (!is_id(site.id, '-')) {
        problems.push_back(places.problem("id", "found " + in_quotes(site.id),
                                          "1 to 32 lower-case letters, digits and -"));
    }
    if (!is_time_zone(site.time_zone)) {
        problems.push_back(places.problem("time_zone", "found " + in_quotes(site.time_zone),
                                          "a name of the IANA list, such as Europe/Berlin"));
    }
}

void check_rules(const core::RuleConfig& rules, const Places& places, Problems& problems) {
    const Order order{places, problems};
    order.at_most({"surplus_throttle_min_kw", rules.surplus_throttle_min.value},
                  {"surplus_min_kw", rules.surplus_min.value});
    order.at_most({"soc_hard_min_pct", rules.soc_hard_min.value},
                  {"soc_soft_min_pct", rules.soc_soft_min.value});
    order.at_most({"max_grid_import_w", rules.max_grid_import.value},
                  {"grid_import_fast_w", rules.grid_import_fast.value});
    order.at_most({"t_resume_c", rules.t_resume.value},
                  {"max_chip_temp_c", rules.max_chip_temp.value});
    check_soc_bands(rules, order);
}

void check_loads(std::span<const core::LoadConfig> loads, const Places& places,
                 Problems& problems) {
    if (places.is_faulty("")) return;
    if (loads.empty()) problems.push_back(places.problem("", "an empty list", "at least one load"));
    for (std::size_t i = 0; i < loads.size(); ++i) {
        const std::string path = fmt::format("loads[{}].", i);
        check_load(loads[i], path, places, problems);
        const bool is_twin = std::ranges::any_of(
            loads.first(i), [&](const core::LoadConfig& other) { return other.id == loads[i].id; });
        if (!is_twin) continue;
        problems.push_back(places.problem(path + "id", "found " + in_quotes(loads[i].id) + " again",
                                          "an id of its own for each load"));
    }
}

}  // namespace bitgrid::ops
