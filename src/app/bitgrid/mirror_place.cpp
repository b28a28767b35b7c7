#include "app/bitgrid/mirror_place.hpp"

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>

#include "ops/config_file.hpp"
#include "wire/bounded_json.hpp"

namespace bitgrid::app {
namespace {

using Json = nlohmann::json;

constexpr wire::JsonBounds kBounds{std::size_t{4} << 20, 32};

bool is_configuration(const std::string& type) {
    return type == "ConfigLoaded" || type == "ConfigReloaded";
}

// Of all that a consent is about, and of who gave it when.
Json consent_of(const MirrorConfig& c) {
    return {{"enabled", c.enabled},           {"target", c.target},
            {"recipients", c.recipients},     {"datasets", c.datasets},
            {"include_past", c.include_past}, {"anonymise", c.anonymise},
            {"agreed_by", c.agreed_by},       {"agreed_at", c.agreed_at},
            {"agreed_to", c.agreed_to}};
}

bool has_consent(const std::string& event, const Json& consent) {
    const auto json = wire::parse_json(event, kBounds);
    if (!json || !json->is_object()) return false;
    const auto text = json->find("config");
    if (text == json->end() || !text->is_string()) return false;
    const auto files = wire::parse_json(text->get_ref<const std::string&>(), kBounds);
    if (!files || !files->is_object()) return false;
    const auto mirror = files->find("mirror.yaml");
    if (mirror == files->end() || !mirror->is_object()) return false;
    return std::ranges::all_of(consent.items(), [&](const auto& item) {
        const auto recorded = mirror->find(item.key());
        return recorded != mirror->end() && *recorded == item.value();
    });
}

mirror::Row row_of(ports::StoredEvent event) {
    return {event.sequence, std::move(event.json), std::move(event.prev_hash),
            std::move(event.hash)};
}

}  // namespace

void MirrorPlace::add_to(CLI::App& verb) {
    look.add_to(verb);
    verb.add_option("--config", config, "folder of the YAML files")->capture_default_str();
}

ops::Checked<MirrorConfig> MirrorPlace::read() const {
    MirrorConfig mirror;
    ops::Problems problems;
    const ops::Environment environment = ops::environment_of_process();
    const ops::Places places = ops::read_file(file(), environment, mirror, problems);
    check_mirror(mirror, places, problems);
    if (!problems.empty()) return problems;
    return mirror;
}

core::Result<void> JournalledConsent::look(store::JournalReader& journal,
                                           const MirrorConfig& config) {
    const Json consent = consent_of(config);
    const auto ends = journal.ends();
    if (!ends) return ends.error();
    if (consent.dump() != consent_ || ends->second < seen_) *this = {};
    consent_ = consent.dump();
    for (;;) {
        const auto rows = journal.configurations(seen_);
        if (!rows) return rows.error();
        if (rows->empty()) break;
        for (const ports::StoredEvent& row : *rows) {
            is_in_force_ = has_consent(row.json, consent);
            if (is_in_force_ && since_row_ == 0) since_row_ = row.sequence;
        }
        seen_ = rows->back().sequence;
    }
    seen_ = std::max(seen_, ends->second);
    return {};
}

bool JournalSource::is_chosen(const ports::StoredEvent& row) const {
    const char* const dataset = row.type == "DecisionEvent" ? "decisions"
                                : is_configuration(row.type) || row.type == "ConfigRejected"
                                    ? "configuration"
                                    : "events";
    return std::ranges::find(datasets_, dataset) != datasets_.end();
}

// Fewer than `most` only where there are no more.
core::Result<std::vector<mirror::Row>> JournalSource::rows_after(std::int64_t sequence, int most) {
    std::vector<mirror::Row> chosen;
    for (;;) {
        auto rows = journal_.events_after(sequence, most);
        if (!rows) return rows.error();
        for (ports::StoredEvent& row : *rows) {
            sequence = row.sequence;
            if (!is_chosen(row)) continue;
            chosen.push_back(row_of(std::move(row)));
            if (chosen.size() == static_cast<std::size_t>(most)) return chosen;
        }
        if (rows->size() < static_cast<std::size_t>(most)) return chosen;
    }
}

core::Result<std::optional<mirror::Row>> JournalSource::row(std::int64_t sequence) {
    auto row = journal_.find_event(sequence);
    if (row) return std::optional{row_of(std::move(*row))};
    if (row.error().code == core::ErrorCode::NotFound) return std::optional<mirror::Row>{};
    return row.error();
}

core::Result<std::int64_t> JournalSource::oldest() {
    const auto ends = journal_.ends();
    if (!ends) return ends.error();
    return ends->first;
}

core::Result<std::int64_t> JournalSource::newest() {
    const auto ends = journal_.ends();
    if (!ends) return ends.error();
    return ends->second;
}

core::UnixTime now_by_the_clock() {
    using namespace std::chrono;
    return {duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count()};
}

}  // namespace bitgrid::app
