#pragma once
// For tests of this room: writes a story of numbered batches as the journal's worker does, and
// tells whether a file holds it: the first batches in order, each once, none that was acknowledged
// missing.
#include <gtest/gtest.h>

#include <map>

#include "store/chain.hpp"
#include "store/journal_file.hpp"
#include "store/test_bench.hpp"

namespace bitgrid::store {

class Scribe {
public:
    Scribe(std::string folder, Files& files) : folder_{std::move(folder)}, files_{files} {}

    /// Two events; every third batch three.
    static const Batch& batch(int number) {
        static std::map<int, Batch> made;
        const auto found = made.find(number);
        return found != made.end() ? found->second : made[number] = make(number);
    }

private:
    static Batch make(int number) {
        const Codec codec = test_codec();
        Batch made;
        std::vector<core::Event> events{decision(number, "id" + std::to_string(number)),
                                        note("batch " + std::to_string(number))};
        if (number % 3 == 0) events.push_back(note(std::string(3'000, 'x')));
        for (const core::Event& event : events)
            made.rows.push_back(row_of(event, codec.encode_event(event)));
        ports::Checkpoint checkpoint;
        checkpoint.last_block = number;
        made.checkpoint = codec.encode_checkpoint(checkpoint);
        return made;
    }

public:
    bool is_open() const { return file_.has_value(); }
    bool open() {
        auto opened = JournalFile::open(folder_, test_codec(), files_, kBounds);
        if (opened) file_.emplace(std::move(*opened));
        else error_ = opened.error().what;
        return opened.has_value();
    }
    /// The next batch, or those that wait: false, and it waits, where it was not acknowledged.
    bool write_next() {
        waiting_.push_back(batch(acknowledged_ + static_cast<int>(waiting_.size()) + 1));
        return write_waiting();
    }
    bool write_waiting() {
        const auto receipts = file_->write(waiting_);
        if (!receipts) {
            error_ = receipts.error().what;
            return false;
        }
        for (const auto& receipt : *receipts) EXPECT_TRUE(receipt) << receipt.error().what;
        EXPECT_EQ(receipts->size(), waiting_.size());
        acknowledged_ += static_cast<int>(waiting_.size());
        waiting_.clear();
        return true;
    }
    void close() {
        file_->finish();
        file_.reset();
    }
    /// As a killed process: what waits is gone with it.
    void die() {
        file_.reset();
        waiting_.clear();
    }
    int acknowledged() const { return acknowledged_; }
    const std::string& error() const { return error_; }
    JournalFile& file() { return *file_; }
    /// A run after a crash goes on behind what it finds.
    void go_on_after(int batches) { acknowledged_ = batches; }

private:
    static constexpr JournalFile::Bounds kBounds{
        .checkpoint_bytes = 32 << 10, .wal_bytes = 1 << 20, .disk = {0, 64 << 10}};

    const std::string folder_;
    Files& files_;
    std::optional<JournalFile> file_;
    std::vector<Batch> waiting_;
    int acknowledged_{0};
    std::string error_;
};

/// How many batches of the story the file holds; -1 where it holds anything else.
inline int batches_in(const std::string& path) {
    auto database = Database::open(path, Database::Access::Read);
    if (!database) return -1;
    auto row = database->prepare("SELECT body FROM journal ORDER BY seq");
    if (!row) return -1;
    int number = 0;
    for (auto found = row->run();;) {
        if (!found) return -1;
        if (!*found) return number;
        for (const Row& expected : Scribe::batch(++number).rows) {
            if (!found || !*found || row->text(0) != expected.body) return -1;
            found = row->step();
        }
    }
}

/// Whether the story is there, up to what was acknowledged at least, and hangs together.
inline testing::AssertionResult holds(const std::string& folder, int acknowledged) {
    const std::string path = folder + "/bitgrid.sqlite";
    if (std::filesystem::exists(path + ".damaged-1"))
        return testing::AssertionFailure() << "it was taken for damaged";
    const auto chain = verify(path);
    if (!chain) return testing::AssertionFailure() << chain.error().what;
    const int there = batches_in(path);
    if (there < acknowledged)
        return testing::AssertionFailure()
               << there << " batches are there, " << acknowledged << " were acknowledged";
    return testing::AssertionSuccess();
}

}  // namespace bitgrid::store
