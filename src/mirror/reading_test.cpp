#include "mirror/reading.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <random>

#include "mirror/testing_mirror.hpp"

using namespace bitgrid;
using namespace bitgrid::mirror;
using testing::ElementsAre;
using testing::IsEmpty;
namespace fs = std::filesystem;

namespace {

std::string content(const fs::path& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

/// Six segments with three rows each, as a carrier has them.
class ReadingTest : public testing::Test {
protected:
    ReadingTest() {
        std::string name = (fs::temp_directory_path() / "bitgrid-reading-XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
        fs::create_directory(carried());
        signer_ = send(6, "stream");
    }
    ~ReadingTest() override { fs::remove_all(folder_); }

    fs::path carried() const { return folder_ / "carried"; }
    fs::path file(std::uint64_t number) const { return carried() / name_of(number); }

    // Writes a stream of a device to the carrier; its key.
    crypto::PublicKey send(int segments, const std::string& device, const fs::path& below = {}) {
        OutboxRules rules;
        rules.consent = device;
        rules.recipients = {secret_.public_key()};
        rules.spool_bytes = spool_bytes_;
        Files files;
        auto key = signing_key(folder_ / ("keys of " + device));
        const crypto::PublicKey signer = key.public_key();
        auto outbox = Outbox::open(folder_ / device, rules, std::move(key), files);
        MemoryJournal journal;
        for (int i = 0; i < segments; ++i) {
            journal.add(3);
            EXPECT_TRUE(outbox->close(journal, {1'767'225'600'000}, true));
        }
        fs::create_directories(carried() / below);
        for (const Waiting& waiting : outbox->waiting())
            fs::copy_file(waiting.path, carried() / below / name_of(waiting.number));
        head_ = outbox->progress().previous;
        return signer;
    }

    std::vector<Found> read() {
        lines_ = 0;
        faults_.clear();
        findings_.clear();
        ReadingSetup setup{signer_wanted_, head_wanted_, begin_, {}, {}};
        setup.line = [this](std::string_view line) {
            lines_ += line.starts_with("{\"seq\"") ? 1 : 0;
        };
        setup.found = [this](const Finding& finding) {
            faults_.push_back(finding.fault);
            findings_.push_back(finding);
        };
        auto streams = read_folder(carried(), secret_, setup);
        EXPECT_TRUE(streams);
        return streams.has_value() ? *streams : std::vector<Found>{};
    }

    fs::path folder_;
    crypto::RecipientSecret secret_ = fresh_secret();
    std::uint64_t spool_bytes_{500'000'000};
    crypto::PublicKey signer_{};
    crypto::Hash head_{};
    std::optional<crypto::PublicKey> signer_wanted_;
    std::optional<crypto::Hash> head_wanted_;
    std::uint64_t begin_{1};
    int lines_{0};
    std::vector<Fault> faults_;
    std::vector<Finding> findings_;
};

TEST_F(ReadingTest, ReadsAllOfAWholeStreamInOrder) {
    signer_wanted_ = signer_;
    head_wanted_ = head_;
    const auto streams = read();
    EXPECT_THAT(faults_, IsEmpty());
    ASSERT_EQ(streams.size(), 1U);
    EXPECT_EQ(streams[0].segments, 6U);
    EXPECT_EQ(streams[0].head, head_);
    EXPECT_EQ(lines_, 18);
}

TEST_F(ReadingTest, FindsAChangeAnywhere) {
    std::mt19937 random{7};
    for (int i = 0; i < 200; ++i) {
        const std::uint64_t number = 1 + random() % 6;
        const std::string good = content(file(number));
        std::string bad = good;
        const std::size_t bit = random() % (bad.size() * 8);
        bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << bit % 8));
        std::ofstream{file(number), std::ios::binary} << bad;
        (void)read();
        ASSERT_THAT(faults_, testing::Contains(Fault::Damaged)) << number << " bit " << bit;
        ASSERT_EQ(findings_[0].file, file(number).string());
        std::ofstream{file(number), std::ios::binary} << good;
    }
    (void)read();
    EXPECT_THAT(faults_, IsEmpty());
}

TEST_F(ReadingTest, FindsWhatWasDropped) {
    fs::remove(file(3));
    fs::remove(file(4));
    (void)read();
    ASSERT_THAT(faults_, ElementsAre(Fault::Missing));
    EXPECT_EQ(findings_[0].first, 3U);
    EXPECT_EQ(findings_[0].last, 4U);
    EXPECT_EQ(lines_, 12) << "the rest is still read";
    fs::remove(file(1));
    (void)read();
    EXPECT_THAT(faults_, ElementsAre(Fault::Missing, Fault::Missing));
    begin_ = 5;
    (void)read();
    EXPECT_THAT(faults_, IsEmpty()) << "taken away on purpose";
}

TEST_F(ReadingTest, FindsACutEndByTheHeadThatWasWrittenDown) {
    head_wanted_ = head_;
    fs::remove(file(6));
    (void)read();
    EXPECT_THAT(faults_, ElementsAre(Fault::HeadMissing));
}

TEST_F(ReadingTest, FindsTwoThatChangedPlaces) {
    fs::rename(file(2), carried() / "x");
    fs::rename(file(5), file(2));
    fs::rename(carried() / "x", file(5));
    (void)read();
    EXPECT_THAT(faults_, ElementsAre(Fault::Renamed, Fault::Renamed));
}

TEST_F(ReadingTest, FindsAnOldOnePlayedAgain) {
    fs::copy_file(file(2), file(7));
    (void)read();
    EXPECT_THAT(faults_, ElementsAre(Fault::Renamed, Fault::Repeated));
    fs::remove(file(7));
    fs::create_directory(carried() / "copy");
    fs::copy_file(file(2), carried() / "copy" / name_of(2));
    (void)read();
    EXPECT_THAT(faults_, ElementsAre(Fault::Repeated));
}

TEST_F(ReadingTest, FindsWhatWasSplicedFromTwo) {
    const std::string two = content(file(2));
    const std::string five = content(file(5));
    constexpr std::size_t kHead = 104 + 88;
    std::ofstream{file(2), std::ios::binary} << two.substr(0, kHead) + five.substr(kHead);
    (void)read();
    EXPECT_THAT(faults_, ElementsAre(Fault::Damaged, Fault::Missing));
}

// A device that was rolled back and signs other segments under numbers that it had used.
TEST_F(ReadingTest, FindsTwoStoriesOfTheSameDevice) {
    const std::string device = "stream";
    fs::create_directory(carried() / "a");
    for (std::uint64_t i = 1; i <= 6; ++i) fs::rename(file(i), carried() / "a" / name_of(i));
    const auto segment = content(carried() / "a" / name_of(4));
    const auto head = checked_head(segment);
    ASSERT_TRUE(head);
    const std::vector keys{secret_.public_key()};
    const auto key = signing_key(folder_ / ("keys of " + device));
    const auto other = seal({head->stream, 4, {}}, "{}\n", keys, key);
    fs::create_directory(carried() / "b");
    std::ofstream{carried() / "b" / name_of(4), std::ios::binary} << *other;
    (void)read();
    EXPECT_THAT(faults_, ElementsAre(Fault::Contradicting));
    fs::remove(carried() / "a" / name_of(4));
    (void)read();
    EXPECT_THAT(faults_, ElementsAre(Fault::NotFollowing, Fault::NotFollowing));
}

TEST_F(ReadingTest, FindsSegmentsOfAnotherDevice) {
    signer_wanted_ = signer_;
    const auto other = send(2, "another", "elsewhere");
    EXPECT_NE(other, signer_);
    (void)read();
    EXPECT_THAT(faults_, ElementsAre(Fault::ForeignSigner, Fault::ForeignSigner));
    EXPECT_EQ(lines_, 18);
    signer_wanted_.reset();
    EXPECT_EQ(read().size(), 2U) << "two streams, each told with its signer";
    EXPECT_THAT(faults_, IsEmpty());
}

TEST_F(ReadingTest, SaysWhatWasSealedForOthers) {
    const auto others = fresh_secret();
    ReadingSetup setup;
    int findings = 0;
    setup.line = [](std::string_view) { FAIL(); };
    setup.found = [&](const Finding& finding) {
        EXPECT_EQ(finding.fault, Fault::NotForThisKey);
        ++findings;
    };
    EXPECT_TRUE(read_folder(carried(), others, setup));
    EXPECT_EQ(findings, 6);
}

TEST_F(ReadingTest, BelievesTheGapsThatTheDeviceTellsOf) {
    spool_bytes_ = 40'000;
    fs::remove_all(carried());
    signer_ = send(6, "a device whose spool is small");
    (void)read();
    ASSERT_THAT(faults_, IsEmpty()) << findings_[0].first << " to " << findings_[0].last;
    EXPECT_EQ(lines_, 6);
    fs::remove(file(5));
    (void)read();
    ASSERT_THAT(faults_, ElementsAre(Fault::Missing));
    EXPECT_EQ(findings_[0].first, 5U);
    EXPECT_EQ(findings_[0].last, 5U);
}

TEST_F(ReadingTest, IgnoresLinksAndNamesFilesThatAreNoSegments) {
    std::ofstream{carried() / "note.txt"} << "hello";
    std::ofstream{carried() / "0000000009.bgm1"} << "hello";
    fs::create_symlink(file(2), carried() / "0000000010.bgm1");
    (void)read();
    EXPECT_THAT(faults_, ElementsAre(Fault::Damaged));
    EXPECT_FALSE(read_folder(folder_ / "none", secret_, {}));
}

}  // namespace
