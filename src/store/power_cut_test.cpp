// The power goes at every moment that matters: before each sync, with all that was not synced in
// every state that a disk may leave it in. From each the journal begins again, whole, with all
// that it had acknowledged. BITGRID_POWER_CUTS multiplies the number of states.
#include <gtest/gtest.h>

#include <cstdlib>

#include "store/testing_scribe.hpp"
#include "store/testing_storage.hpp"

using namespace bitgrid;
using namespace bitgrid::store;

namespace {

struct Moment {
    PowerCut cut;
    int acknowledged{};
};

int times() {
    const char* const wanted = std::getenv("BITGRID_POWER_CUTS");
    return wanted == nullptr ? 1 : std::max(1, std::atoi(wanted));
}

/// The states of these moments, each begun from once more. Returns how many there were.
int begin_from_each(const std::vector<Moment>& moments, std::uint32_t seed) {
    using Kept = PowerCut::Kept;
    std::mt19937 random{seed};
    std::vector<Kept> states{Kept::None, Kept::All};
    for (int i = 0; i < times(); ++i)
        states.insert(states.end(), {Kept::Prefix, Kept::Some, Kept::Torn, Kept::Torn});
    int count = 0;
    for (const Moment& moment : moments)
        for (const Kept kept : states) {
            ++count;
            const TempFolder folder{memory_folder()};
            moment.cut.leave(folder.path(), kept, random);
            Scribe scribe{folder.path(), real_files()};
            const bool is_open = scribe.open();
            EXPECT_TRUE(is_open) << "state " << count << ": " << scribe.error();
            if (!is_open) return count;
            const int found = batches_in(folder.database());
            scribe.go_on_after(found);
            EXPECT_TRUE(scribe.write_next()) << "state " << count << ": " << scribe.error();
            scribe.close();
            const auto good = holds(folder.path(), std::max(moment.acknowledged, found + 1));
            EXPECT_TRUE(good) << "state " << count;
            if (!good) return count;
        }
    return count;
}

/// Keeps the moment before each sync.
class Moments {
public:
    Moments(Storage& storage, const Scribe& scribe) {
        storage.before_sync = [this, &storage, &scribe] {
            all.push_back({storage.cut(), scribe.acknowledged()});
        };
    }
    std::vector<Moment> all;
};

TEST(PowerCut, TakesNothingThatWasAcknowledgedAtWhicheverSyncItHappens) {
    const TempFolder folder{memory_folder()};
    Storage storage;
    Scribe scribe{folder.path(), storage.files()};
    Moments moments{storage, scribe};
    for (int run = 0; run < 2; ++run) {
        ASSERT_TRUE(scribe.open()) << scribe.error();
        for (int i = 0; i < 10; ++i) ASSERT_TRUE(scribe.write_next()) << scribe.error();
        scribe.close();
    }
    moments.all.push_back({storage.cut(), scribe.acknowledged()});
    storage.before_sync = nullptr;
    const int states = begin_from_each(moments.all, 20'260'615);
    std::printf("%zu moments, %d states\n", moments.all.size(), states);
    EXPECT_GT(states, 200);
}

// After a failed sync the kernel shows what the disk never got, and calls it clean.
TEST(PowerCut, AfterAFailedSyncTakesNothingThatWasAcknowledgedSince) {
    int states = 0;
    int syncs = 0;
    for (bool has_failed = true; has_failed;) {
        const TempFolder folder{memory_folder()};
        Storage storage;
        Scribe scribe{folder.path(), storage.files()};
        Moments moments{storage, scribe};
        storage.fail_only_syncs(true);
        storage.fail(++syncs, Storage::Fault::Error, false);
        while (!scribe.is_open()) (void)scribe.open();
        for (int i = 0; i < 6; ++i)
            if (!scribe.write_next()) {
                moments.all.clear();  // those before are the other test's
                ASSERT_TRUE(scribe.write_waiting()) << scribe.error();
            }
        scribe.close();
        moments.all.push_back({storage.cut(), scribe.acknowledged()});
        storage.before_sync = nullptr;
        has_failed = storage.has_failed();
        storage.heal();
        if (moments.all.size() > 2) moments.all.erase(moments.all.begin(), moments.all.end() - 2);
        states += begin_from_each(moments.all, static_cast<std::uint32_t>(syncs));
        if (HasFailure()) FAIL() << "sync " << syncs;
    }
    std::printf("%d syncs, each failed once, %d states\n", syncs - 1, states);
    EXPECT_GT(syncs, 10);
}

// The same, but the process dies of it, and the next one must not build on what only seems to be.
TEST(PowerCut, AfterAFailedSyncAndACrashTakesNothingThatTheNextRunAcknowledged) {
    int states = 0;
    int arrived = 0;
    for (int run = 1; run <= 4; ++run) {
        const TempFolder folder{memory_folder()};
        Storage storage;
        Scribe scribe{folder.path(), storage.files()};
        ASSERT_TRUE(scribe.open());
        for (int i = 0; i < run; ++i) ASSERT_TRUE(scribe.write_next()) << scribe.error();
        storage.fail_only_syncs(true);
        storage.fail(1, Storage::Fault::Error, true);
        ASSERT_FALSE(scribe.write_next());
        storage.kill();
        scribe.die();
        storage.revive();
        storage.heal();

        ASSERT_TRUE(scribe.open()) << scribe.error();
        const int found = batches_in(folder.database());
        arrived += found - run;
        scribe.go_on_after(found);
        Moments moments{storage, scribe};
        for (int i = 0; i < 2; ++i) ASSERT_TRUE(scribe.write_next()) << scribe.error();
        moments.all.push_back({storage.cut(), scribe.acknowledged()});
        storage.before_sync = nullptr;
        scribe.close();
        states += begin_from_each({moments.all.back()}, static_cast<std::uint32_t>(run));
    }
    EXPECT_GT(states, 10);
    EXPECT_GT(arrived, 0) << "a commit that failed may have arrived whole";
}

}  // namespace
