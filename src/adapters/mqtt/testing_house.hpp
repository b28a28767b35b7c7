#pragma once
// For tests: a house that shows what it is told, and a control that remembers what was asked.
#include <vector>

#include "ports/control.hpp"
#include "ports/live_view.hpp"

namespace bitgrid::adapters {

struct TestHouse final : ports::House {
    core::Config settings;
    ports::LiveView view;
    ports::LiveView look() const override { return view; }
    const core::Config& config() const override { return settings; }
    std::shared_ptr<const core::DecisionEvent> preview(std::size_t) const override {
        return nullptr;
    }
};

struct TestControl final : ports::Control {
    std::vector<ports::OverrideRequest> overrides;
    std::vector<std::string> calls;
    std::vector<ports::Answer> unanswered;
    bool answers_at_once{true};

    void set_override(ports::OverrideRequest request, ports::Answer done) override {
        overrides.push_back(request);
        reply("override " + request.load_id, std::move(done));
    }
    void end_override(std::string which, std::string, ports::Answer done) override {
        reply("end " + which, std::move(done));
    }
    void set_autonomy(core::AutonomyLevel level, std::string, ports::Answer done) override {
        reply("autonomy " + std::to_string(static_cast<int>(level)), std::move(done));
    }
    void emergency_stop(std::string, ports::Answer done) override {
        reply("emergency", std::move(done));
    }
    void acknowledge(std::string, ports::Answer done) override {
        reply("acknowledge", std::move(done));
    }
    void set_research(bool is_on, std::string, ports::Answer done) override {
        reply(is_on ? "research on" : "research off", std::move(done));
    }
    void accept_proposal(std::string id, std::string, ports::Answer done) override {
        reply("accept " + id, std::move(done));
    }
    void reply(std::string call, ports::Answer done) {
        calls.push_back(std::move(call));
        if (answers_at_once) done({true, "made-here", "o1", "START_OVERRIDE", {}});
        else unanswered.push_back(std::move(done));
    }
};

}  // namespace bitgrid::adapters
