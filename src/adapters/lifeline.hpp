#pragma once
// Lets callbacks find out that their object is gone: what it guards does nothing from then on.
#include <memory>
#include <utility>

namespace bitgrid::adapters {

/// A member of the object whose callbacks it guards; engine thread only. Cut by its destructor, or
/// by hand when the object stops.
class Lifeline {
public:
    Lifeline() = default;
    Lifeline(const Lifeline&) = delete;
    Lifeline& operator=(const Lifeline&) = delete;

    /// Everything that was guarded before becomes a no-op.
    void cut() { token_ = std::make_shared<int>(0); }

    template <class F>
    auto guard(F f) const {
        return [line = std::weak_ptr<int>{token_}, f = std::move(f)](auto&&... args) mutable {
            if (!line.expired()) f(std::forward<decltype(args)>(args)...);
        };
    }

private:
    std::shared_ptr<int> token_{std::make_shared<int>(0)};
};

}  // namespace bitgrid::adapters
