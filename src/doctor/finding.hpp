#pragma once
// What a look at the machine brought: one finding for each check. Plain values.
#include <cstdint>
#include <string>
#include <vector>

namespace bitgrid::doctor {

/// In both languages of the people.
struct Said {
    std::string en;
    std::string de;
};

enum class Outcome : std::uint8_t {
    Ok,
    Warn,     ///< works, and is not as it should be
    Missing,  ///< a protection is not there
    Unknown   ///< could not be seen from here; `seen` says why
};

struct Seen {
    Outcome outcome;
    Said words;
};

struct Finding {
    std::string id;  ///< `ssh.password`
    Outcome outcome{Outcome::Unknown};
    Said wanted;
    Said seen;
    Said fix;  ///< what to do where it is Warn or Missing
};

using Findings = std::vector<Finding>;

inline Seen good(std::string en, std::string de) {
    return {Outcome::Ok, {std::move(en), std::move(de)}};
}
inline Seen poor(std::string en, std::string de) {
    return {Outcome::Warn, {std::move(en), std::move(de)}};
}
inline Seen missing(std::string en, std::string de) {
    return {Outcome::Missing, {std::move(en), std::move(de)}};
}
inline Seen unknown(std::string en, std::string de) {
    return {Outcome::Unknown, {std::move(en), std::move(de)}};
}

}  // namespace bitgrid::doctor
