#include "crypto/signing_key.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "crypto/digest.hpp"

using namespace bitgrid;
using namespace bitgrid::crypto;
namespace fs = std::filesystem;

namespace {

class SigningKeyTest : public testing::Test {
protected:
    SigningKeyTest() {
        std::string name = (fs::temp_directory_path() / "bitgrid-key-XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
    }
    ~SigningKeyTest() override { fs::remove_all(folder_); }
    std::string folder_;
};

TEST_F(SigningKeyTest, IsTheSameAfterARestartAndOnlyItsOwnersToRead) {
    const auto made = SigningKey::load_or_make(folder_ + "/keys");
    ASSERT_TRUE(made) << made.error().what;
    const auto again = SigningKey::load_or_make(folder_ + "/keys");
    ASSERT_TRUE(again);
    EXPECT_EQ(again->public_key(), made->public_key());
    struct stat file {};
    ASSERT_EQ(::stat((folder_ + "/keys/device.key").c_str(), &file), 0);
    EXPECT_EQ(file.st_mode & 07777, 0600U);
}

TEST_F(SigningKeyTest, SignsWhatNobodyElseCanSign) {
    const auto key = SigningKey::load_or_make(folder_);
    ASSERT_TRUE(key);
    const Signature signature = key->sign("head of a day");
    EXPECT_TRUE(is_signed_by(key->public_key(), "head of a day", signature));
    EXPECT_FALSE(is_signed_by(key->public_key(), "head of a dax", signature));
    Signature bent = signature;
    bent[10] ^= 1;
    EXPECT_FALSE(is_signed_by(key->public_key(), "head of a day", bent));
    const auto other = SigningKey::load_or_make(folder_ + "/other");
    ASSERT_TRUE(other);
    EXPECT_FALSE(is_signed_by(other->public_key(), "head of a day", signature));
}

TEST_F(SigningKeyTest, RefusesAFileThatIsNoKeyInsteadOfMakingAnother) {
    std::ofstream{folder_ + "/device.key"} << "abc\n";
    const auto key = SigningKey::load_or_make(folder_);
    ASSERT_FALSE(key);
    EXPECT_EQ(key.error().code, core::ErrorCode::Damaged);
}

TEST(Digest, IsTheStandardsSha256) {
    EXPECT_EQ(hex(sha256("abc")),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    const auto back = hash_from_hex(hex(sha256("abc")));
    ASSERT_TRUE(back);
    EXPECT_EQ(*back, sha256("abc"));
    EXPECT_FALSE(hash_from_hex("ba78"));
    EXPECT_FALSE(hash_from_hex(std::string(64, 'x')));
}

}  // namespace
