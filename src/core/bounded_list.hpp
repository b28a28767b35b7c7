#pragma once
// A list with room for N elements inside itself: no allocation that can fail half way through a
// decision.
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <type_traits>

namespace bitgrid::core {

/// Elements beyond size() do not exist: the room for them is neither initialised nor copied.
template <class T, std::size_t N>
class BoundedList {
    static_assert(std::is_trivially_destructible_v<T>, "elements are values without owners");

public:
    BoundedList() noexcept {}  // NOLINT(modernize-use-equals-default): leaves the room untouched
    BoundedList(const BoundedList& other) noexcept { take(other); }
    BoundedList& operator=(const BoundedList& other) noexcept {
        if (this != &other) take(other);
        return *this;
    }

    T& push_back(const T& item) { return *new (push_room()) T(item); }
    /// Adds an element made in place, as its own initialisers say.
    T& emplace_back() {
        static_assert(std::is_class_v<T>, "other types would stay without a value");
        return *new (push_room()) T;
    }
    void clear() { size_ = 0; }

    bool empty() const { return size_ == 0; }
    bool full() const { return size_ == N; }
    std::size_t size() const { return size_; }
    static constexpr std::size_t capacity() { return N; }

    T* begin() { return std::launder(reinterpret_cast<T*>(room_)); }
    T* end() { return begin() + size_; }
    const T* begin() const { return std::launder(reinterpret_cast<const T*>(room_)); }
    const T* end() const { return begin() + size_; }
    T& operator[](std::size_t i) {
        assert(i < size_);
        return begin()[i];
    }
    const T& operator[](std::size_t i) const {
        assert(i < size_);
        return begin()[i];
    }

    friend bool operator==(const BoundedList& a, const BoundedList& b) {
        if (a.size_ != b.size_) return false;
        for (std::size_t i = 0; i < a.size_; ++i)
            if (!(a[i] == b[i])) return false;
        return true;
    }

private:
    void* push_room() {
        assert(size_ < N);
        return room_ + sizeof(T) * size_++;
    }
    void take(const BoundedList& other) noexcept {
        if constexpr (std::is_trivially_copyable_v<T>) {
            std::memcpy(room_, other.room_, sizeof(T) * other.size_);
            size_ = other.size_;
        } else {
            size_ = 0;
            for (const T& item : other) push_back(item);
        }
    }

    alignas(T) std::byte room_[sizeof(T) * N];
    std::uint32_t size_{0};
};

}  // namespace bitgrid::core
