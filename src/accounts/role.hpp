#pragma once
// What somebody may do. Each may all that the ones before may.
#include <cstdint>
#include <optional>
#include <string_view>

namespace bitgrid::accounts {

/// Observers look and stop, operators act, admins say who may come in and what holds.
enum class Role : std::uint8_t { Observer, Operator, Admin };

inline constexpr std::string_view kRoleWords = "observer, operator or admin";

constexpr std::string_view word_of(Role role) {
    return role == Role::Admin ? "admin" : role == Role::Operator ? "operator" : "observer";
}

constexpr std::optional<Role> role_of(std::string_view word) {
    for (const Role role : {Role::Observer, Role::Operator, Role::Admin})
        if (word == word_of(role)) return role;
    return std::nullopt;
}

}  // namespace bitgrid::accounts
