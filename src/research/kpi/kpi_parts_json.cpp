#include "research/kpi/kpi_parts_json.hpp"

#include <cmath>
#include <type_traits>

namespace bitgrid::research {
namespace {

using Json = nlohmann::json;

constexpr const char* kSchema = "kpi_parts/1";
constexpr std::size_t kMostLoads = 1'000;
constexpr std::size_t kMostName = 200;

template <class Visitor>
void describe(Visitor& v, Change& c) {
    v("block", c.block);
    v("time_ms", c.time.ms);
    v("on", c.is_on);
    v("by_rule", c.is_by_rule);
    v("min_runtime_blocks", c.min_runtime_blocks);
}
template <class Visitor>
void describe(Visitor& v, LoadParts& l) {
    v("load_id", l.id);
    v("energy_kwh", l.energy_kwh);
    v("extra_import_kwh", l.extra_import_kwh);
    v("judged_kwh", l.judged_kwh);
    v("sats", l.sats);
    v("valued_kwh", l.valued_kwh);
    v("observed_ms", l.observed_ms);
    v("ticks", l.ticks);
    v("held", l.held);
    v("starts", l.starts);
    v("stops", l.stops);
    v("flaps", l.flaps);
    v("early_stops", l.early_stops);
    v("first_change", l.first);
    v("last_change", l.last);
    v("temp_known_ms", l.temp_known_ms);
    v("warmings", l.warmings);
    v("first_warmth", l.first_warmth);
    v("last_warmth", l.last_warmth);
}
template <class Visitor>
void describe(Visitor& v, KpiParts& p) {
    v("expected_ms", p.expected_ms);
    v("decided_ms", p.decided_ms);
    v("traced_ms", p.traced_ms);
    v("pv_kwh", p.pv_kwh);
    v("house_kwh", p.house_kwh);
    v("import_kwh", p.import_kwh);
    v("export_kwh", p.export_kwh);
    v("consumed_kwh", p.consumed_kwh);
    v("whole_pv_kwh", p.whole_pv_kwh);
    v("whole_import_kwh", p.whole_import_kwh);
    v("whole_export_kwh", p.whole_export_kwh);
    v("surplus_kwh", p.surplus_kwh);
    v("captured_kwh", p.captured_kwh);
    v("value_export_ct", p.value_ct[0]);
    v("value_store_ct", p.value_ct[1]);
    v("value_heat_ct", p.value_ct[2]);
    v("value_hodl_ct", p.value_ct[3]);
    v("decisions", p.decisions);
    v("worded", p.worded);
    v("explained", p.explained);
    v("tick_delay", p.tick_delay);
    v("safety_reaction", p.safety_reaction);
    v("watched_ms", p.watched_ms);
    v("thermal_incidents", p.thermal_incidents);
    v("loads", p.loads);
}

struct Writer {
    Json json = Json::object();

    template <class T>
    static Json made_of(const T& value) {
        Writer part;
        T copy = value;
        describe(part, copy);
        return std::move(part.json);
    }
    template <class T>
    void operator()(const char* key, const T& value) {
        json[key] = value;
    }
    void operator()(const char* key, const Sum& sum) { json[key] = {sum.total, sum.known_ms}; }
    void operator()(const char* key, const Warmth& warmth) { json[key] = static_cast<int>(warmth); }
    void operator()(const char* key, const Latencies& times) { json[key] = times.counts; }
    void operator()(const char* key, const std::optional<Change>& change) {
        json[key] = change ? made_of(*change) : Json{};
    }
    void operator()(const char* key, const std::vector<LoadParts>& loads) {
        Json& list = json[key] = Json::array();
        for (const LoadParts& load : loads) list.push_back(made_of(load));
    }
};

class Reader {
public:
    explicit Reader(const Json& json) : json_{json} {}

    template <class T>
    void operator()(const char* key, T& out) {
        if (!read(at(key), out) && fault_.empty()) fault_ = key;
    }
    const std::string& fault() const { return fault_; }

private:
    const Json& at(const char* key) const {
        static const Json nothing;
        if (!json_.is_object()) return nothing;
        const auto found = json_.find(key);
        return found != json_.end() ? *found : nothing;
    }
    template <class T>
    static bool read_parts(const Json& json, T& out) {
        Reader part{json};
        describe(part, out);
        return part.fault().empty();
    }
    template <class Integer>
    requires std::is_integral_v<Integer>
    static bool read(const Json& json, Integer& out) {
        if (!json.is_number_integer() || std::abs(json.get<double>()) > 9e15) return false;
        const auto value = json.get<std::int64_t>();
        out = static_cast<Integer>(value);
        return out == value;
    }
    static bool read(const Json& json, bool& out) {
        if (!json.is_boolean()) return false;
        out = json.get<bool>();
        return true;
    }
    static bool read(const Json& json, double& out) {
        if (!json.is_number() || !std::isfinite(json.get<double>())) return false;
        out = json.get<double>();
        return true;
    }
    static bool read(const Json& json, std::string& out) {
        if (!json.is_string() || json.get_ref<const std::string&>().size() > kMostName)
            return false;
        out = json.get<std::string>();
        return true;
    }
    static bool read(const Json& json, Sum& out) {
        return json.is_array() && json.size() == 2 && read(json[0], out.total) &&
               read(json[1], out.known_ms);
    }
    static bool read(const Json& json, Warmth& out) {
        int value = 0;
        if (!read(json, value) || value < 0 || value > static_cast<int>(Warmth::Warm)) return false;
        out = static_cast<Warmth>(value);
        return true;
    }
    static bool read(const Json& json, Latencies& out) {
        if (!json.is_array() || json.size() != Latencies::kBuckets) return false;
        for (std::size_t i = 0; i < Latencies::kBuckets; ++i)
            if (!read(json[i], out.counts[i]) || out.counts[i] < 0) return false;
        return true;
    }
    static bool read(const Json& json, std::optional<Change>& out) {
        return json.is_null() || read_parts(json, out.emplace());
    }
    static bool read(const Json& json, std::vector<LoadParts>& out) {
        if (!json.is_array() || json.size() > kMostLoads) return false;
        for (const Json& load : json) {
            out.emplace_back();
            if (!read_parts(load, out.back())) return false;
        }
        return true;
    }

    const Json& json_;
    std::string fault_;
};

}  // namespace

Json kpi_parts_json(const KpiParts& parts) {
    Json json = Writer::made_of(parts);
    json["schema"] = kSchema;
    return json;
}

core::Result<KpiParts> kpi_parts_from_json(const Json& json) {
    if (!json.is_object() || json.value("schema", Json{}) != kSchema)
        return core::Error{core::ErrorCode::BadInput,
                           std::string{"figures: \"schema\" is not "} + kSchema};
    KpiParts parts;
    Reader reader{json};
    describe(reader, parts);
    if (!reader.fault().empty())
        return core::Error{core::ErrorCode::Damaged,
                           "figures: no valid \"" + reader.fault() + "\""};
    return parts;
}

}  // namespace bitgrid::research
