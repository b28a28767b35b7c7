#include "update/version.hpp"

#include <algorithm>
#include <charconv>

namespace bitgrid::update {
namespace {

constexpr std::size_t kMostEarly = 20;
constexpr int kMostNumber = 9'999;

bool is_early_word(std::string_view text) {
    const auto is_plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.';
    };
    return !text.empty() && text.size() <= kMostEarly && std::ranges::all_of(text, is_plain) &&
           text.front() != '.' && text.back() != '.';
}

// The number in front; -1: there is none.
int take_number(std::string_view& text) {
    int number = -1;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const auto digits = static_cast<std::size_t>(end - text.data());
    if (error != std::errc{} || number < 0 || number > kMostNumber) return -1;
    if (digits > 1 && text.front() == '0') return -1;
    text.remove_prefix(digits);
    return number;
}

bool take_dot(std::string_view& text) {
    if (!text.starts_with('.')) return false;
    text.remove_prefix(1);
    return true;
}

}  // namespace

std::strong_ordering operator<=>(const Version& a, const Version& b) {
    for (const auto number :
         {&Version::major_number, &Version::minor_number, &Version::patch_number})
        if (const auto order = a.*number <=> b.*number; order != 0) return order;
    if (a.early.empty() != b.early.empty()) return a.early.empty() <=> b.early.empty();
    return a.early.compare(b.early) <=> 0;
}

core::Result<Version> read_version(std::string_view text) {
    std::string_view rest = text;
    Version version;
    version.major_number = take_number(rest);
    const bool has_minor = take_dot(rest);
    version.minor_number = has_minor ? take_number(rest) : -1;
    const bool has_patch = take_dot(rest);
    version.patch_number = has_patch ? take_number(rest) : -1;
    const bool is_early = rest.starts_with('-') && is_early_word(rest.substr(1));
    if (is_early) version.early = rest.substr(1);
    if (std::min({version.major_number, version.minor_number, version.patch_number}) < 0 ||
        (!is_early && !rest.empty()))
        return core::Error{
            core::ErrorCode::BadInput,
            "\"" + std::string{text.substr(0, 40)} + "\" is no version: 1.4.2 is, or 1.5.0-rc.1"};
    return version;
}

std::string text_of(const Version& v) {
    return std::to_string(v.major_number) + "." + std::to_string(v.minor_number) + "." +
           std::to_string(v.patch_number) + (v.early.empty() ? "" : "-" + v.early);
}

Way way_between(const Version& from, const Version& to) {
    if (from == to) return Way::Same;
    if (to > from) return Way::Newer;
    const bool is_near =
        from.major_number == to.major_number && from.minor_number - to.minor_number <= 1;
    return is_near ? Way::MinorBack : Way::TooFarBack;
}

}  // namespace bitgrid::update
