#include "engine/block_mean.hpp"

#include <algorithm>

namespace bitgrid::engine {

void BlockMean::advance(core::MonoTime at) {
    const core::MonoTime end = std::min(at, holds_until_);
    if (end > from_) {
        sum_ += value_ * static_cast<double>(end - from_);
        covered_ms_ += end - from_;
    }
    from_ = std::max(from_, at);
}

void BlockMean::add(double value, core::MonoTime at, std::int64_t holds_ms) {
    advance(at);
    value_ = value;
    holds_until_ = at + holds_ms;
}

void BlockMean::interrupt(core::MonoTime at) {
    advance(at);
    holds_until_ = at;
}

std::optional<double> BlockMean::close(core::MonoTime at, std::int64_t block_ms) {
    advance(at);
    std::optional<double> mean;
    if (covered_ms_ * 2 >= block_ms) mean = sum_ / static_cast<double>(covered_ms_);
    sum_ = 0;
    covered_ms_ = 0;
    return mean;
}

std::optional<double> BlockMean::peek(core::MonoTime at) const {
    BlockMean copy = *this;
    copy.advance(at);
    if (copy.covered_ms_ == 0) return std::nullopt;
    return copy.sum_ / static_cast<double>(copy.covered_ms_);
}

std::int64_t BlockMean::covered_ms(core::MonoTime at) const {
    BlockMean copy = *this;
    copy.advance(at);
    return copy.covered_ms_;
}

}  // namespace bitgrid::engine
