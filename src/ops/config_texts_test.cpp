#include "ops/config_texts.hpp"

#include <gmock/gmock.h>

#include "ops/config_folder.hpp"
#include "ops/scratch_folder.hpp"

namespace bitgrid::ops {
namespace {

using testing::HasSubstr;

const std::string kPlain{"# our house\nsurplus_min_kw: 1.5\neta: 0.95\nprice_max_ct_kwh: 25\n"};
const std::string kFramed{"---\n" + kPlain + "...\n"};

Problems cut_files(const std::string& now, const std::string& accepted) {
    Problems problems;
    report_cut_files({{"rules.yaml", now}}, {{"rules.yaml", accepted}}, "config", problems);
    return problems;
}

TEST(ConfigTexts, KnowAFramedFileThatWasCutWhereverItWas) {
    EXPECT_EQ(why_incomplete(kFramed), "");
    for (std::size_t size = 0; size < kFramed.size() - 1; ++size)
        EXPECT_NE(why_incomplete(kFramed.substr(0, size)), "") << size;
    EXPECT_EQ(why_incomplete("---\r\neta: 1\r\n...\r\n"), "");
    EXPECT_NE(why_incomplete("---\r\neta: 1\r\n"), "");
    EXPECT_NE(why_incomplete(""), "");
    EXPECT_EQ(why_incomplete(kPlain), "") << "without a frame nobody can know";
}

TEST(ConfigTexts, AreReadAsNothingWhereTheyAreCut) {
    ScratchFolder folder;
    for (std::size_t size = 0; size + 1 < kFramed.size(); ++size) {
        folder.write("rules.yaml", kFramed.substr(0, size));
        EXPECT_FALSE(load_config(folder.path(), {})) << size;
    }
    folder.write("rules.yaml", kFramed);
    EXPECT_TRUE(load_config(folder.path(), {}));
}

TEST(ConfigTexts, KnowTheBeginningOfWhatWasAcceptedLast) {
    EXPECT_TRUE(cut_files(kPlain, kPlain).empty());
    for (std::size_t size = 1; size < kPlain.size(); ++size)
        EXPECT_EQ(cut_files(kPlain.substr(0, size), kPlain).size(), 1U) << size;
    EXPECT_THAT(cut_files("# our house\n", kPlain)[0].what, HasSubstr("12 bytes"));
    EXPECT_TRUE(cut_files("---\n# our house\n...\n", kPlain).empty()) << "meant so";
}

TEST(ConfigTexts, KnowALineThatWasCutBehindAChange) {
    std::string changed = kPlain;
    changed.replace(changed.find("1.5"), 3, "1.8");
    EXPECT_TRUE(cut_files(changed, kPlain).empty());
    const std::size_t change = changed.find("1.8") + 3;
    for (std::size_t size = change; size < changed.size(); ++size) {
        const std::string cut = changed.substr(0, size);
        if (cut.ends_with("\n")) continue;
        EXPECT_EQ(cut_files(cut, kPlain).size(), 1U) << size;
    }
}

TEST(ConfigTexts, AreKeptWholeAndWithoutFilesThatAreGone) {
    ScratchFolder folder;
    const auto copy = folder.path() / "accepted";
    ASSERT_TRUE(keep_texts({{"rules.yaml", kPlain}, {"site.yaml", "id: home\n"}}, copy));
    ASSERT_TRUE(keep_texts({{"rules.yaml", kFramed}}, copy));
    EXPECT_EQ(read_texts(copy), (ConfigTexts{{"rules.yaml", kFramed}}));
    EXPECT_TRUE(read_texts(folder.path() / "none").empty());
    folder.write("file", "");
    EXPECT_FALSE(keep_texts({{"rules.yaml", kPlain}}, folder.path() / "file"));
}

}  // namespace
}  // namespace bitgrid::ops
