#include "mirror/segment.hpp"

#include <gtest/gtest.h>

#include <random>

#include "mirror/testing_mirror.hpp"

using namespace bitgrid;
using namespace bitgrid::mirror;
namespace fs = std::filesystem;

namespace {

class SegmentTest : public testing::Test {
protected:
    SegmentTest() {
        std::string name = (fs::temp_directory_path() / "bitgrid-segment-XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
        ours_.emplace(signing_key(folder_ / "ours"));
    }
    ~SegmentTest() override { fs::remove_all(folder_); }

    std::string sealed(std::string_view text, std::uint64_t number = 1) const {
        const std::vector keys{reader_.public_key(), escrow_.public_key()};
        const auto segment = seal({stream_, number, {}}, text, keys, *ours_);
        EXPECT_TRUE(segment) << segment.error().what;
        return *segment;
    }

    fs::path folder_;
    std::optional<crypto::SigningKey> ours_;
    crypto::RecipientSecret reader_ = fresh_secret();
    crypto::RecipientSecret escrow_ = fresh_secret();
    StreamId stream_ = fresh_stream();
};

TEST_F(SegmentTest, IsReadByBothRecipientsAndNobodyElse) {
    for (const std::size_t size : {0UL, 1UL, 65'535UL, 65'536UL, 65'537UL, 200'000UL}) {
        const std::string text(size, 'a');
        const std::string segment = sealed(text);
        for (const auto* key : {&reader_, &escrow_}) {
            const auto opened = open(segment, *key);
            ASSERT_TRUE(opened) << opened.error().what;
            EXPECT_EQ(*opened, text);
        }
        const auto others = open(segment, fresh_secret());
        ASSERT_FALSE(others);
        EXPECT_EQ(others.error().code, core::ErrorCode::NotFound);
    }
}

TEST_F(SegmentTest, SaysWhereItStandsAndWhoSignedIt) {
    const auto head = checked_head(sealed("text", 7));
    ASSERT_TRUE(head) << head.error().what;
    EXPECT_EQ(head->stream, stream_);
    EXPECT_EQ(head->number, 7U);
    EXPECT_EQ(head->signer, ours_->public_key());
}

// Every single bit of a small one.
TEST_F(SegmentTest, ShowsEveryFlippedBit) {
    const std::string good = sealed("a few words");
    ASSERT_TRUE(checked_head(good));
    for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
        std::string bad = good;
        bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << bit % 8));
        ASSERT_FALSE(checked_head(bad)) << "bit " << bit;
    }
}

// Without a look at the signature, what is encrypted shows a change, too.
TEST_F(SegmentTest, DoesNotOpenWithAChangedHeadOrBody) {
    const std::string good = sealed("a few words");
    const std::size_t signature = good.size() - 64;
    const std::size_t second_slot = 104 + 88;
    for (std::size_t at = 0; at < signature; ++at) {
        std::string bad = good;
        bad[at] = static_cast<char>(bad[at] ^ 4);
        const auto text = open(bad, reader_);
        ASSERT_FALSE(text) << "byte " << at << (at > second_slot ? "" : " of the head");
    }
}

TEST_F(SegmentTest, ShowsWhereItWasCutAndWhatWasAdded) {
    const std::string good = sealed("a few words");
    for (std::size_t size = 0; size < good.size(); ++size)
        ASSERT_FALSE(checked_head(good.substr(0, size))) << size;
    EXPECT_FALSE(checked_head(good + '\0'));
    EXPECT_FALSE(checked_head(good + good));
}

// A piece of 64 KiB left out, doubled, or put elsewhere, under a signature of the same device:
// as if the carrier could sign.
TEST_F(SegmentTest, ShowsPiecesThatWereMovedWithoutLookingAtTheSignature) {
    const std::string good = sealed(std::string(3 * kPiece, 'a'));
    constexpr std::size_t kSealedPiece = kPiece + 17;
    const std::size_t begin = 104 + 2 * 88 + 24;
    std::string swapped = good;
    for (std::size_t i = 0; i < kSealedPiece; ++i)
        std::swap(swapped[begin + i], swapped[begin + kSealedPiece + i]);
    EXPECT_FALSE(open(swapped, reader_));
    std::string doubled = good;
    doubled.replace(begin + kSealedPiece, kSealedPiece, good, begin, kSealedPiece);
    EXPECT_FALSE(open(doubled, reader_));
    std::string left_out = good;
    left_out.erase(begin, kSealedPiece);
    EXPECT_FALSE(open(left_out, reader_));
}

TEST_F(SegmentTest, CannotBeSplicedFromTwo) {
    const std::string one = sealed("the first one", 1);
    const std::string two = sealed("the other one", 2);
    ASSERT_EQ(one.size(), two.size());
    const std::size_t head = 104 + 2 * 88;
    const std::string spliced = one.substr(0, head) + two.substr(head);
    EXPECT_FALSE(checked_head(spliced));
    EXPECT_FALSE(open(spliced, reader_));
}

TEST_F(SegmentTest, CannotBeMadeByWhoeverOnlyKnowsTheRecipients) {
    const crypto::SigningKey others = signing_key(folder_ / "others");
    const std::vector keys{reader_.public_key()};
    const auto forged = seal({stream_, 1, {}}, "forged", keys, others);
    ASSERT_TRUE(forged);
    const auto head = checked_head(*forged);
    ASSERT_TRUE(head);
    EXPECT_NE(head->signer, ours_->public_key());
}

TEST_F(SegmentTest, HasFewSizes) {
    const std::string short_one = padded("a\n");
    const std::string longer = padded(std::string(kSmallestText - 1, 'a') + "\n");
    EXPECT_EQ(short_one.size(), kSmallestText);
    EXPECT_EQ(longer.size(), kSmallestText);
    EXPECT_EQ(padded(std::string(kSmallestText + 1, 'a')).size(), 2 * kSmallestText);
    EXPECT_TRUE(short_one.starts_with("a\n\n"));
}

TEST_F(SegmentTest, RefusesNoRecipientsThreeAndTooMuchText) {
    const crypto::RecipientKey key = reader_.public_key();
    const std::vector<crypto::RecipientKey> none, three{key, key, key}, one{key};
    EXPECT_FALSE(seal({stream_, 1, {}}, "text", none, *ours_));
    EXPECT_FALSE(seal({stream_, 1, {}}, "text", three, *ours_));
    const auto large = seal({stream_, 1, {}}, std::string(kMostBody, 'a'), one, *ours_);
    ASSERT_FALSE(large);
    EXPECT_EQ(large.error().code, core::ErrorCode::TooLarge);
}

}  // namespace
