#pragma once
// One language: its templates by code and variant, its words, and how it writes numbers. Immutable
// once read; any thread may read it.
#include <map>
#include <string>
#include <string_view>

namespace bitgrid::explain {

/// Sentences with {slots}.
struct Template {
    std::string brief;
    std::string details;
};

class Locale {
public:
    /// Reads a file of locales/. Throws std::runtime_error where a part is missing: start-up only.
    explicit Locale(std::string_view json);

    /// The most fitting variant: `<level>/<theme>`, else the level, else `on`, else `any`; `level`
    /// is off, eco or full, `theme` may be empty. Null for a code without text.
    const Template* find(std::string_view code, std::string_view level,
                         std::string_view theme) const;

    /// A word of a section (`signals`, `measures`, `bounds`, `units`, …); the key itself where
    /// there is none.
    std::string_view word(std::string_view section, std::string_view key) const;
    bool has_word(std::string_view section, std::string_view key) const;

    std::string_view language() const { return word("general", "language"); }
    std::string_view no_data() const { return word("general", "no_data"); }

private:
    template <class T>
    using Named = std::map<std::string, T, std::less<>>;

    Named<Named<Template>> texts_;
    Named<Named<std::string>> words_;
};

}  // namespace bitgrid::explain
