#include "ops/problem.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace bitgrid::ops {
namespace {

constexpr std::size_t kShownLength = 60;

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, changed});
        }
    }
    return row.back();
}

std::string place(const Problem& problem) {
    return problem.line > 0 ? fmt::format("{}:{}", problem.file, problem.line) : problem.file;
}

}  // namespace

std::string format(const Problems& problems) {
    std::string report = fmt::format("{} problem{} in the configuration:\n", problems.size(),
                                     problems.size() == 1 ? "" : "s");
    for (const Problem& problem : problems) {
        report += "  " + place(problem) + ": ";
        if (!problem.key.empty()) report += problem.key + ": ";
        report += problem.what;
        if (!problem.allowed.empty()) report += "; allowed: " + problem.allowed;
        report += '\n';
    }
    return report;
}

std::optional<std::string> nearest(std::string_view word, std::span<const std::string> words) {
    std::optional<std::string> best;
    // A hostile word may be as long as the file: nothing near it is that long.
    if (word.size() > 2 * kShownLength) return best;
    std::size_t limit = std::max<std::size_t>(2, word.size() / 3);
    for (const std::string& candidate : words) {
        const std::size_t distance = edit_distance(word, candidate);
        if (distance > limit || (best && distance == limit)) continue;
        best = candidate;
        limit = distance;
    }
    return best;
}

std::string in_quotes(std::string_view text) {
    std::string shown{'"'};
    for (const char c : text.substr(0, kShownLength)) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7f) {
            shown += fmt::format("\\x{:02x}", byte);
        } else {
            shown += c;
        }
    }
    // Never half of a UTF-8 character at the cut.
    if (text.size() > kShownLength) {
        while (!shown.empty() && (static_cast<unsigned char>(shown.back()) & 0x80) != 0)
            shown.pop_back();
        shown += "...";
    }
    return shown + '"';
}

}  // namespace bitgrid::ops
