#pragma once
// Two rule sets over the same days on one page. Pure.
#include <string>
#include <vector>

#include "research/report/kpi_page.hpp"

namespace bitgrid::research {

/// One of the two: what it is called, its figures, and more of its figures that only a model knows.
struct ComparedRules {
    std::string name;
    std::vector<KpiValue> kpis;
    std::vector<Span> days;
};

/// A line of the table; nothing: not known.
struct ComparedFigure {
    std::string key;
    std::string words;
    std::string unit;
    int digits{};
    std::optional<double> a;
    std::optional<double> b;
};

struct ComparePage {
    bool is_german{false};
    std::string data;  ///< what they were compared on
    ComparedRules a;
    ComparedRules b;
    std::vector<ComparedFigure> figures;
    std::vector<std::string> changes;  ///< sentences about the decisions that changed
};

std::string compare_page(const ComparePage&);

}  // namespace bitgrid::research
