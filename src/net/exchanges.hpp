#pragma once
// Counts exchanges with the outside world that are under way, so that a clock that is moved by hand
// can wait for them.
#include <cstddef>
#include <utility>

namespace bitgrid::net {

/// Engine thread only. Must outlive every exchange that it handed out.
class Exchanges {
public:
    /// Held from the start of a request until its callback has run; movable, not copyable.
    class Exchange {
    public:
        Exchange() = default;
        explicit Exchange(Exchanges* owner) : owner_{owner} { ++owner_->count_; }
        Exchange(Exchange&& other) noexcept : owner_{std::exchange(other.owner_, nullptr)} {}
        Exchange& operator=(Exchange&& other) noexcept {
            std::swap(owner_, other.owner_);
            return *this;
        }
        Exchange(const Exchange&) = delete;
        Exchange& operator=(const Exchange&) = delete;
        ~Exchange() {
            if (owner_ != nullptr) --owner_->count_;
        }

    private:
        Exchanges* owner_{nullptr};
    };

    [[nodiscard]] Exchange begin() { return Exchange{this}; }
    bool is_idle() const { return count_ == 0; }
    std::size_t count() const { return count_; }

private:
    std::size_t count_{0};
};

}  // namespace bitgrid::net
