#include "store/journal_reader.hpp"

#include "store/testing_scribe.hpp"

namespace bitgrid::store {
namespace {

TEST(JournalReader, ReadsEveryEventOnwards) {
    const TempFolder folder{memory_folder()};
    Scribe scribe{folder.path(), real_files()};
    ASSERT_TRUE(scribe.open()) << scribe.error();
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(scribe.write_next());
    scribe.close();
    auto reader = JournalReader::open(folder.database());
    ASSERT_TRUE(reader) << reader.error().what;
    const auto ends = reader->ends();
    ASSERT_TRUE(ends);
    EXPECT_EQ(*ends, (std::pair<std::int64_t, std::int64_t>{1, 7}));
    std::string before(64, '0');
    std::int64_t after = 0;
    for (;;) {
        const auto rows = reader->events_after(after, 2);
        ASSERT_TRUE(rows);
        if (rows->empty()) break;
        for (const ports::StoredEvent& row : *rows) {
            EXPECT_EQ(row.sequence, ++after);
            EXPECT_EQ(row.prev_hash, before);
            before = row.hash;
        }
    }
    EXPECT_EQ(after, 7);
    const auto one = reader->find_event(4);
    ASSERT_TRUE(one);
    EXPECT_EQ(one->sequence, 4);
    const auto none = reader->find_event(8);
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code, core::ErrorCode::NotFound);
}

}  // namespace
}  // namespace bitgrid::store
