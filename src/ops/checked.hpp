#pragma once
// A value without a single problem, or all the problems without a value.
#include <utility>
#include <variant>

#include "core/config.hpp"
#include "ops/problem.hpp"

namespace bitgrid::ops {

template <class T>
class [[nodiscard]] Checked {
public:
    Checked(T value) : state_{std::in_place_index<0>, std::move(value)} {}
    Checked(Problems problems) : state_{std::in_place_index<1>, std::move(problems)} {}

    explicit operator bool() const noexcept { return state_.index() == 0; }
    const T& value() const& { return std::get<0>(state_); }
    T&& value() && { return std::get<0>(std::move(state_)); }
    const Problems& problems() const { return std::get<1>(state_); }

private:
    std::variant<T, Problems> state_;
};

}  // namespace bitgrid::ops
