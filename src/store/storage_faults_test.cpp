// Every call of the journal to its disk fails once, and from then on until the disk is well again:
// whatever happens, what was acknowledged is there, and nothing is there twice.
#include <gtest/gtest.h>

#include "store/testing_scribe.hpp"
#include "store/testing_storage.hpp"

using namespace bitgrid;
using namespace bitgrid::store;

namespace {

constexpr int kBatches = 5;
constexpr int kTries = 3;

/// False after some tries; the disk fails.
template <class Try>
bool succeeds(Try attempt) {
    for (int i = 0; i < kTries; ++i)
        if (attempt()) return true;
    return false;
}

// A run of the journal: opened, written to, closed. Where the disk stays bad, it gets well in
// between, and all that waited is written without a new start.
void live(Storage& storage, Scribe& scribe) {
    if (!succeeds([&] { return scribe.open(); })) {
        storage.heal();
        ASSERT_TRUE(scribe.open()) << scribe.error();
    }
    (void)scribe.file().look_at_disk();
    for (int i = 0; i < kBatches; ++i) {
        if (scribe.write_next() || succeeds([&] { return scribe.write_waiting(); })) continue;
        storage.heal();
        ASSERT_TRUE(succeeds([&] { return scribe.write_waiting(); })) << scribe.error();
    }
    scribe.close();
}

class StorageFaults : public testing::TestWithParam<std::tuple<Storage::Fault, bool>> {};

TEST_P(StorageFaults, LeaveTheJournalWholeAtWhicheverCallTheyHappen) {
    const auto [fault, stays] = GetParam();
    int points = 0;
    for (bool has_failed = true; has_failed;) {
        const TempFolder folder{memory_folder()};
        Storage storage;
        Scribe scribe{folder.path(), storage.files()};
        storage.fail(++points, fault, stays);
        live(storage, scribe);
        has_failed = storage.has_failed();
        storage.heal();
        ASSERT_EQ(scribe.acknowledged(), kBatches) << "call " << points;
        ASSERT_TRUE(holds(folder.path(), kBatches)) << "call " << points;
        ASSERT_TRUE(scribe.open()) << "call " << points << ": " << scribe.error();
        ASSERT_EQ(scribe.file().restored().checkpoint->last_block, kBatches);
        if (HasFatalFailure()) return;
    }
    RecordProperty("points", points);
    std::printf("%d calls, each failed once\n", points - 1);
    EXPECT_GT(points, 100);
}

INSTANTIATE_TEST_SUITE_P(AnyCall, StorageFaults,
                         testing::Combine(testing::Values(Storage::Fault::Error,
                                                          Storage::Fault::Torn,
                                                          Storage::Fault::Full),
                                          testing::Bool()));

}  // namespace
