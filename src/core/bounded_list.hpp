#pragma once
// A list with room for N elements inside itself: no allocation that can fail half way through a
// decision.
#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>

namespace bitgrid::core {

template <class T, std::size_t N>
class BoundedList {
public:
    // Elements beyond size() are never read: they are neither initialised nor copied.
    constexpr BoundedList() {}  // NOLINT(modernize-use-equals-default): leaves the room untouched
    constexpr BoundedList(const BoundedList& other) { *this = other; }
    constexpr BoundedList& operator=(const BoundedList& other) {
        size_ = other.size_;
        for (std::size_t i = 0; i < size_; ++i) items_[i] = other.items_[i];
        return *this;
    }

    constexpr void push_back(const T& item) {
        assert(size_ < N);
        items_[size_++] = item;
    }
    constexpr bool full() const { return size_ == N; }
    constexpr bool empty() const { return size_ == 0; }
    constexpr std::size_t size() const { return size_; }
    static constexpr std::size_t capacity() { return N; }
    constexpr T& operator[](std::size_t i) {
        assert(i < size_);
        return items_[i];
    }
    constexpr const T& operator[](std::size_t i) const {
        assert(i < size_);
        return items_[i];
    }
    constexpr T* begin() { return items_.data(); }
    constexpr T* end() { return items_.data() + size_; }
    constexpr const T* begin() const { return items_.data(); }
    constexpr const T* end() const { return items_.data() + size_; }
    constexpr void clear() { size_ = 0; }
    friend constexpr bool operator==(const BoundedList& a, const BoundedList& b) {
        if (a.size_ != b.size_) return false;
        for (std::size_t i = 0; i < a.size_; ++i)
            if (!(a.items_[i] == b.items_[i])) return false;
        return true;
    }

private:
    std::array<T, N> items_;
    std::uint32_t size_{0};
};

}  // namespace bitgrid::core
