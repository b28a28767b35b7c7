#pragma once
// The ciphertext of an age file: pieces of 64 KiB, each sealed with its number and whether it is
// the last, so that none is changed, moved, or missing unseen. Owned by one thread.
// Source: https://c2sp.org/age, "Payload"
#include <functional>
#include <string>

#include "crypto/age_wrap.hpp"

namespace bitgrid::crypto::age {

/// Appends up to `most` bytes to `to`; appends nothing at the end.
using Source = std::function<core::Result<void>(std::string& to, std::size_t most)>;
using Sink = std::function<core::Result<void>(std::string_view)>;

/// Reads ahead of what is asked for.
class Reader {
public:
    explicit Reader(Source source) : source_{std::move(source)} {}
    /// Until `size` bytes are ahead, or the end.
    core::Result<void> fill(std::size_t size);
    std::string_view ahead() const { return ahead_; }
    void drop(std::size_t size) { ahead_.erase(0, size); }

private:
    Source source_;
    std::string ahead_;
    bool has_ended_{false};
};

core::Result<void> seal_all(const FileKey&, Reader&, const Sink&);
/// Damaged: changed, cut or prolonged; what went to the sink before is good, but not all.
core::Result<void> open_all(const FileKey&, Reader&, const Sink&);

}  // namespace bitgrid::crypto::age
