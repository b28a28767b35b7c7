// One bit of the journal's file is another one, anywhere: at the next start the file is set aside
// or refused, or `bitgrid verify` names the row, or the bit meant nothing. Never a crash, never a
// memory or an event that is not what was written. BITGRID_FLIPPED_BYTES sets the number.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <random>

#include "store/testing_scribe.hpp"

using namespace bitgrid;
using namespace bitgrid::store;

namespace {

constexpr int kBatches = 120;

std::string read_whole(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

int places() {
    const char* const wanted = std::getenv("BITGRID_FLIPPED_BYTES");
    return wanted == nullptr ? 50 : std::max(50, std::atoi(wanted));
}

struct Counts {
    int set_aside{0};
    int refused{0};
    int found_by_verify{0};
    int meaningless{0};
};

void begin_with(const std::string& bytes, Counts& counts) {
    const TempFolder folder{memory_folder()};
    std::ofstream{folder.database(), std::ios::binary} << bytes;
    Scribe scribe{folder.path(), real_files()};
    if (!scribe.open()) {
        ++counts.refused;
        EXPECT_EQ(read_whole(folder.database()), bytes) << "refused, but changed";
        return;
    }
    const Restored restored = scribe.file().restored();
    scribe.die();
    if (std::filesystem::exists(folder.database() + ".damaged-1")) {
        ++counts.set_aside;
        EXPECT_TRUE(restored.is_memory_lost);
        EXPECT_EQ(read_whole(folder.database() + ".damaged-1"), bytes) << "kept as it was";
        return;
    }
    ASSERT_TRUE(restored.checkpoint);
    EXPECT_EQ(test_codec().encode_checkpoint(*restored.checkpoint),
              Scribe::batch(kBatches).checkpoint);
    if (!verify(folder.database())) {
        ++counts.found_by_verify;
        return;
    }
    ++counts.meaningless;
    EXPECT_EQ(batches_in(folder.database()), kBatches);
}

TEST(FlippedBytes, AreFoundOrMeanNothing) {
    const TempFolder folder{memory_folder()};
    Scribe scribe{folder.path(), real_files()};
    ASSERT_TRUE(scribe.open());
    for (int i = 0; i < kBatches; ++i) ASSERT_TRUE(scribe.write_next());
    scribe.close();
    const std::string whole = read_whole(folder.database());
    std::mt19937 random{20'260'615};
    Counts counts;
    for (int i = 0; i < places(); ++i) {
        std::string bytes = whole;
        // The first page and the end of the file are where the most depends on a byte.
        const std::size_t at = i % 10 == 0 ? random() % 4'096 : random() % bytes.size();
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << (random() % 8)));
        begin_with(bytes, counts);
        if (HasFailure()) FAIL() << "byte " << at;
    }
    std::printf("set aside %d, refused %d, found by verify %d, meaningless %d\n", counts.set_aside,
                counts.refused, counts.found_by_verify, counts.meaningless);
    EXPECT_GT(counts.set_aside, 0);
    EXPECT_GT(counts.found_by_verify, 0);
}

}  // namespace
