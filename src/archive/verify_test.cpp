#include "archive/verify.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "archive/sealer.hpp"
#include "archive/testing_past.hpp"

using namespace bitgrid;
using namespace bitgrid::archive;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
namespace fs = std::filesystem;

namespace {

std::string content(const fs::path& path) {
    std::ifstream file{path, std::ios::binary};
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

void put(const fs::path& path, const std::string& text) {
    std::ofstream{path, std::ios::binary} << text;
}

class VerifyTest : public testing::Test {
protected:
    VerifyTest() {
        auto sealer = Sealer::open(folder_.path());
        for (int day = 0; day < 3; ++day) {
            const auto sealed = sealer->seal(journal_.day(day, 2), kTestMakers, kSealedAt);
            EXPECT_TRUE(sealed) << sealed.error().what;
            heads_after_.push_back(journal_.head());
        }
    }
    std::vector<std::string> damage(const ProofWanted& wanted = {}) const {
        const auto proof = prove(folder_.path(), wanted);
        return proof ? proof->damage : std::vector{proof.error().what};
    }
    std::vector<fs::path> sealed_files() const {
        std::vector<fs::path> files;
        for (const auto& entry : fs::recursive_directory_iterator(folder_.path() + "/parquet"))
            if (entry.path().extension() == ".parquet") files.push_back(entry.path());
        return files;
    }
    fs::path heads() const { return folder_.path() + "/heads.txt"; }

    TestFolder folder_;
    TestJournal journal_;
    std::vector<std::string> heads_after_;
};

TEST_F(VerifyTest, NamesEveryFileInWhichABitWasFlipped) {
    EXPECT_THAT(damage(), IsEmpty());
    for (const fs::path& path : sealed_files()) {
        const std::string whole = content(path);
        for (std::size_t at = 0; at < whole.size(); at += whole.size() / 2) {
            std::string bent = whole;
            bent[at] = static_cast<char>(bent[at] ^ (1 << (at % 8)));
            put(path, bent);
            EXPECT_THAT(damage(), Contains(HasSubstr(path.filename().string())))
                << path << " byte " << at;
        }
        put(path, whole);
    }
    EXPECT_THAT(damage(), IsEmpty());
}

TEST_F(VerifyTest, FindsAFlippedBitAnywhereInTheRecord) {
    const std::string whole = content(heads());
    const auto key =
        crypto::public_key_from_hex(content(folder_.path() + "/keys/device.pub").substr(0, 64));
    ASSERT_TRUE(key);
    ASSERT_TRUE(read_heads(heads().string(), *key));
    for (std::size_t bit = 0; bit < whole.size() * 8; bit += 13) {
        std::string bent = whole;
        bent[bit / 8] = static_cast<char>(bent[bit / 8] ^ (1 << (bit % 8)));
        put(heads(), bent);
        EXPECT_FALSE(read_heads(heads().string(), *key)) << bit;
    }
    // Nothing signs the newest signature itself.
    std::string bent = whole;
    const std::size_t letter = bent.find_first_of("abcdef", bent.rfind("sign ") + 5);
    ASSERT_LT(letter, bent.size());
    bent[letter] = static_cast<char>(bent[letter] ^ 0x20);
    put(heads(), bent);
    EXPECT_FALSE(read_heads(heads().string(), *key)) << "a letter in upper case";
    bent = whole;
    bent.back() = '\v';
    put(heads(), bent);
    EXPECT_FALSE(read_heads(heads().string(), *key)) << "another end of its line";
    put(heads(), whole.substr(0, whole.size() - 1));
    EXPECT_FALSE(read_heads(heads().string(), *key)) << "its last line end is missing";
}

TEST_F(VerifyTest, FindsAMissingFileAMissingDayAndAStranger) {
    const fs::path file = sealed_files().front();
    const std::string whole = content(file);
    fs::remove(file);
    EXPECT_THAT(damage(), ElementsAre(HasSubstr(file.filename().string() + ": is missing")));
    put(file, whole);
    put(file.parent_path() / "part-1-1.parquet", whole);
    EXPECT_THAT(damage(), ElementsAre(HasSubstr("part-1-1.parquet: is not recorded")));
    fs::remove(file.parent_path() / "part-1-1.parquet");
    fs::remove(file);
    fs::create_symlink("/etc/passwd", file);
    EXPECT_THAT(damage(), ElementsAre(HasSubstr("is missing")));
    fs::remove(file);
    put(file, whole);

    std::string text = content(heads());
    const std::size_t from = text.find("seal 2026-06-16");
    text.erase(from, text.find("seal 2026-06-17") - from);
    put(heads(), text);
    EXPECT_THAT(damage(), ElementsAre(HasSubstr("seal of 2026-06-17 begins with 11, after 5")));
}

TEST_F(VerifyTest, FindsACutTailAgainstAHeadThatWasNotedDown) {
    std::string text = content(heads());
    text.erase(text.find("seal 2026-06-17"));
    put(heads(), text);
    for (const fs::path& path : sealed_files())
        if (path.string().find("2026-06-17") != std::string::npos) fs::remove(path);
    EXPECT_THAT(damage(), IsEmpty());  // whole in itself
    const auto newest = has_head(folder_.path(), "", heads_after_[2]);
    ASSERT_TRUE(newest);
    EXPECT_FALSE(*newest);
    const auto older = has_head(folder_.path(), "", heads_after_[1]);
    ASSERT_TRUE(older);
    EXPECT_TRUE(*older);
}

TEST_F(VerifyTest, BelievesNoOtherKey) {
    const auto other = crypto::SigningKey::load_or_make(folder_.path() + "/other");
    ASSERT_TRUE(other);
    ProofWanted wanted;
    wanted.key = crypto::hex(other->public_key());
    EXPECT_THAT(damage(wanted), ElementsAre(HasSubstr("signature")));
    wanted.key = "12";
    EXPECT_THAT(damage(wanted), ElementsAre(HasSubstr("64 hex digits")));
}

// Who holds no key can make the files and the record fit each other, but not sign it.
TEST_F(VerifyTest, FindsAHistoryThatWasWrittenAnew) {
    TestFolder forged;
    TestJournal other;
    auto sealer = Sealer::open(forged.path());
    ASSERT_TRUE(sealer);
    ASSERT_TRUE(sealer->seal(other.day(0, 3), kTestMakers, kSealedAt));
    fs::remove_all(folder_.path() + "/parquet");
    fs::copy(forged.path() + "/parquet", folder_.path() + "/parquet", fs::copy_options::recursive);
    fs::copy_file(forged.path() + "/heads.txt", heads(), fs::copy_options::overwrite_existing);
    EXPECT_THAT(damage(), ElementsAre(HasSubstr("not of this device's key")));
}

}  // namespace
