#pragma once
// Texts that wait for one reader, bounded. Whoever is too slow loses what waits and is told when it
// has caught up.
#include <deque>
#include <memory>
#include <string>

namespace bitgrid::net {

class OutgoingQueue {
public:
    using Text = std::shared_ptr<const std::string>;

    OutgoingQueue(std::size_t max_texts, std::size_t max_bytes)
        : max_texts_{max_texts}, max_bytes_{max_bytes} {}

    /// False: the reader is slow; nothing waits any more.
    bool push(Text text) {
        if (is_slow_) return false;
        if (texts_.size() == max_texts_ || bytes_ + text->size() > max_bytes_) {
            is_slow_ = true;
            texts_.clear();
            bytes_ = 0;
            return false;
        }
        bytes_ += text->size();
        texts_.push_back(std::move(text));
        return true;
    }
    Text pop() {
        if (texts_.empty()) return nullptr;
        Text text = std::move(texts_.front());
        texts_.pop_front();
        bytes_ -= text->size();
        return text;
    }
    bool is_slow() const { return is_slow_; }
    void catch_up() { is_slow_ = false; }

private:
    std::size_t max_texts_;
    std::size_t max_bytes_;
    std::deque<Text> texts_;
    std::size_t bytes_{0};
    bool is_slow_{false};
};

}  // namespace bitgrid::net
