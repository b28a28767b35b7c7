#pragma once
// Expected failures as values, with the names of std::expected.
#include <string>
#include <utility>
#include <variant>

namespace bitgrid::core {

enum class ErrorCode {
    BadInput,
    Unreachable,
    Timeout,
    Refused,
    NotFound,
    Unavailable,
    Damaged,
    TooLarge
};

/// What went wrong, in words that name the place, the value and what is allowed.
struct Error {
    ErrorCode code;
    std::string what;
};

template <class T>
class [[nodiscard]] Result {
public:
    Result(T value) : state_{std::in_place_index<0>, std::move(value)} {}
    Result(Error error) : state_{std::in_place_index<1>, std::move(error)} {}

    bool has_value() const noexcept { return state_.index() == 0; }
    explicit operator bool() const noexcept { return has_value(); }
    T& value() & { return std::get<0>(state_); }
    const T& value() const& { return std::get<0>(state_); }
    T&& value() && { return std::get<0>(std::move(state_)); }
    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }
    const Error& error() const { return std::get<1>(state_); }

private:
    std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
public:
    Result() = default;
    Result(Error error) : error_{std::move(error)}, failed_{true} {}
    bool has_value() const noexcept { return !failed_; }
    explicit operator bool() const noexcept { return has_value(); }
    const Error& error() const { return error_; }

private:
    Error error_{};
    bool failed_{false};
};

}  // namespace bitgrid::core
