#pragma once
// For tests: answers with the figures that the test gave it, and remembers what was asked.
#include <string>
#include <vector>

#include "ports/kpis.hpp"

namespace bitgrid::api {

class TestKpis final : public ports::Kpis {
public:
    void ask(int days, Answer done) override {
        asked.push_back(days);
        done(answer);
    }
    core::Result<std::string> answer{std::string{
        R"({"schema":"kpi/1","from":"2026-06-15T00:00:00.000Z","to":"2026-06-16T00:00:00.000Z",)"
        R"("kpis":{"pv_kwh":{"value":31.5,"unit":"kWh","version":1},)"
        R"("switches_per_day":{"value":3,"unit":"1/d","version":1,"reached":false,)"
        R"("target":{"at_most":2}},"explain_latency_ms":{"value":null,"unit":"ms","version":1}},)"
        R"("loads":{"miner":{"load_kwh":8.25,"sats_per_kwh":null}},"baselines":{"never_on":)"
        R"({"grid_import_kwh":1,"grid_export_kwh":2,"load_kwh":0,"extra_import_kwh":0,)"
        R"("captured_pct":null,"switches_per_day":0}}})"}};
    std::vector<int> asked;
};

}  // namespace bitgrid::api
