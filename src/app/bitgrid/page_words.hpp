#pragma once
// The sentences of the web page for the terminal: the same files, compiled in, so that both always
// say the same. Immutable once read. A key that the page has no more is an exception: a bug.
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bitgrid::app {

/// ui/src/lib/locales/<language>.json; empty where there is none. Generated, see
/// cmake/embed_locales.cmake.
std::string_view embedded_page_words(std::string_view language);

class PageWords {
public:
    using Slots = std::initializer_list<std::pair<std::string_view, std::string>>;

    explicit PageWords(bool is_german);

    /// `de` or `en`: also the key of an explanation.
    const char* language() const { return is_german_ ? "de" : "en"; }
    std::string say(const std::string& key, Slots slots = {}) const;
    /// The name of a thing in a group, or the thing itself: `signal`, `pv_power_w` -> `sun`.
    std::string named(const std::string& group, const std::string& what) const;

    /// What the page's banner says about a house (`live/1`), most urgent first.
    std::vector<std::string> notices(const nlohmann::json& live) const;
    /// The hour and minute at the site; a begun minute counts as the next.
    std::string clock(const nlohmann::json& live, const std::string& moment) const;

private:
    std::string signals(const nlohmann::json& live) const;
    std::string left_until(const nlohmann::json& live, const std::string& moment) const;
    void add_protection(const nlohmann::json& live, std::vector<std::string>& notices) const;

    bool is_german_;
    nlohmann::json texts_;
};

}  // namespace bitgrid::app
