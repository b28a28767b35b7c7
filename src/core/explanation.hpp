#pragma once
// The words of a decision, made once when it is made, stored with it, and shown unchanged
// everywhere.
#include <string>

namespace bitgrid::core {

/// One language: the sentence of at most 90 characters, the details, and what would change it (may
/// be empty).
struct ExplanationText {
    std::string brief;
    std::string details;
    std::string counterfactual;
    friend bool operator==(const ExplanationText&, const ExplanationText&) = default;
};

struct Explanation {
    ExplanationText de;
    ExplanationText en;
    friend bool operator==(const Explanation&, const Explanation&) = default;
};

}  // namespace bitgrid::core
