#include "backup/manifest.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace bitgrid;
using namespace bitgrid::backup;
using testing::HasSubstr;

namespace {

Manifest sample() {
    return {"0.1.0",
            2,
            {1'781'517'600'000},
            42,
            std::string(64, 'a'),
            {{"config/site.yaml", 10, crypto::sha256("a")},
             {kJournal, 4'096, crypto::sha256("b")},
             {"data/parquet/decisions/date=2026-06-14/part-0.parquet", 7, crypto::sha256("c")}}};
}

std::string with(const std::string& was, const std::string& is) {
    std::string text = manifest_text(sample());
    const auto at = text.find(was);
    EXPECT_NE(at, std::string::npos) << was;
    return text.replace(at, was.size(), is);
}

TEST(Manifest, IsReadAsItWasWritten) {
    const auto read = read_manifest(manifest_text(sample()));
    ASSERT_TRUE(read) << read.error().what;
    EXPECT_EQ(*read, sample());
    EXPECT_EQ(read->bytes(), 4'113);
    ASSERT_NE(read->find(kJournal), nullptr);
    EXPECT_EQ(read->find("config/other.yaml"), nullptr);
}

TEST(Manifest, RefusesPathsThatLeaveItsFolder) {
    for (const char* const path :
         {"../etc/passwd", "/etc/passwd", "config/../../x", "config//x", "config/", "config/.",
          "data/keys/device.key", "data/bitgrid.lock", "config/a\\\\b", "config/a\\u0000b",
          "data/parquet/1/2/3/4/5/6/7/8", "", "manifest.json"}) {
        const auto refused = read_manifest(with("config/site.yaml", path));
        ASSERT_FALSE(refused) << path;
        EXPECT_EQ(refused.error().code, core::ErrorCode::BadInput) << path;
    }
}

TEST(Manifest, NamesWhatIsWrong) {
    for (const auto& [was, is, says] :
         {std::tuple{"backup/1", "backup/2", "backup/2"},
          std::tuple{"data/bitgrid.sqlite", "config/site.yaml", "twice"},
          std::tuple{"data/bitgrid.sqlite", "config/other.yaml", "the journal is not in it"},
          std::tuple{"4096", "-1", "bytes"}, std::tuple{"4096", "1e3", "bytes"},
          std::tuple{"4096", "18446744073709551615", "bytes"},
          std::tuple{"\"sha256\": \"", "\"sha256\": \"x", "SHA-256"},
          std::tuple{"2026-06-15", "yesterday", "made"}}) {
        const auto refused = read_manifest(with(was, is));
        ASSERT_FALSE(refused) << is;
        EXPECT_THAT(refused.error().what, HasSubstr(says));
    }
    EXPECT_FALSE(read_manifest(""));
    EXPECT_FALSE(read_manifest("[]"));
}

}  // namespace
