#pragma once
// For the tests of this room: keys, a journal in memory, a disk that dies.
#include <algorithm>
#include <optional>

#include "mirror/outbox.hpp"

namespace bitgrid::mirror {

/// Throws where the key cannot be made: the test cannot go on.
inline crypto::RecipientSecret fresh_secret() {
    auto secret = crypto::RecipientSecret::make();
    return std::move(secret).value();
}
inline crypto::SigningKey signing_key(const std::filesystem::path& folder) {
    auto key = crypto::SigningKey::load_or_make(folder.string());
    return std::move(key).value();
}

/// Rows that may grow, be pruned, or be another journal's.
class MemoryJournal final : public Source {
public:
    void add(int rows, std::size_t bytes = 100) {
        for (int i = 0; i < rows; ++i) {
            const std::int64_t sequence = first_ + static_cast<std::int64_t>(rows_.size());
            const std::string json = R"({"n":)" + std::to_string(sequence) + R"(,"pad":")" +
                                     std::string(bytes, 'x') + R"("})";
            const std::string previous = rows_.empty() ? name_ : rows_.back().hash;
            rows_.push_back({sequence, json, previous, crypto::sha256_hex(previous + json)});
        }
    }
    void prune_before(std::int64_t sequence) {
        const auto keeps = [&](const Row& row) { return row.sequence >= sequence; };
        const auto kept = std::ranges::find_if(rows_, keeps);
        first_ = std::max(first_, sequence);
        rows_.erase(rows_.begin(), kept);
    }
    void replace(std::string name) {
        rows_.clear();
        first_ = 1;
        name_ = std::move(name);
    }
    const std::vector<Row>& rows() const { return rows_; }

    core::Result<std::vector<Row>> rows_after(std::int64_t sequence, int most) override {
        std::vector<Row> found;
        for (const Row& row : rows_)
            if (row.sequence > sequence && found.size() < static_cast<std::size_t>(most))
                found.push_back(row);
        return found;
    }
    core::Result<std::optional<Row>> row(std::int64_t sequence) override {
        for (const Row& row : rows_)
            if (row.sequence == sequence) return std::optional{row};
        return std::optional<Row>{};
    }
    core::Result<std::int64_t> oldest() override {
        return rows_.empty() ? std::int64_t{0} : rows_.front().sequence;
    }
    core::Result<std::int64_t> newest() override {
        return rows_.empty() ? std::int64_t{0} : rows_.back().sequence;
    }

private:
    std::vector<Row> rows_;
    std::int64_t first_{1};
    std::string name_{"first"};
};

struct PowerCut {};

/// The real disk, until its power fails at a chosen step: writing half a file, before its rename,
/// after it, before a file is removed, after that.
class DyingFiles final : public Files {
public:
    int steps_left{1'000'000};
    bool is_full{false};

    core::Result<void> remove(const std::filesystem::path& path) override {
        step();
        auto removed = Files::remove(path);
        step();
        return removed;
    }

protected:
    core::Result<void> write_beside(const std::filesystem::path& path,
                                    std::string_view text) override {
        if (--steps_left == 0) {
            (void)Files::write_beside(path, text.substr(0, text.size() / 2));
            throw PowerCut{};
        }
        if (is_full)
            return core::Error{core::ErrorCode::Unavailable, path.string() + ": no space left"};
        return Files::write_beside(path, text);
    }
    core::Result<void> rename_into_place(const std::filesystem::path& path) override {
        step();
        auto renamed = Files::rename_into_place(path);
        step();
        return renamed;
    }

private:
    void step() {
        if (--steps_left == 0) throw PowerCut{};
    }
};

}  // namespace bitgrid::mirror
