#pragma once
// For tests: answers a preview with what the test gave it, and remembers what was asked.
#include <string>
#include <vector>

#include "ports/what_if.hpp"

namespace bitgrid::api {

class TestWhatIf final : public ports::WhatIf {
public:
    void ask(const std::string& request, Answer done) override {
        asked.push_back(request);
        done(answer);
    }
    core::Result<std::string> answer{std::string{R"({"preview":true})"}};
    std::vector<std::string> asked;
};

}  // namespace bitgrid::api
