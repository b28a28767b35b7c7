#include "crypto/recipient_key.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace bitgrid;
using namespace bitgrid::crypto;
namespace fs = std::filesystem;

namespace {

TEST(RecipientKey, ReadsBackWhatItWroteAndFindsEveryWrongDigit) {
    const auto secret = RecipientSecret::make();
    ASSERT_TRUE(secret);
    const std::string text = text_of(secret->public_key());
    const auto again = recipient_key_from_text(text);
    ASSERT_TRUE(again) << again.error().what;
    EXPECT_EQ(*again, secret->public_key());
    for (std::size_t i = 0; i < text.size(); ++i) {
        std::string wrong = text;
        wrong[i] = wrong[i] == '7' ? '8' : '7';
        EXPECT_FALSE(recipient_key_from_text(wrong)) << wrong;
    }
    EXPECT_FALSE(recipient_key_from_text(""));
    EXPECT_FALSE(recipient_key_from_text(text + "0"));
}

TEST(RecipientKey, OpensOnlyWhatWasSealedForIt) {
    const auto ours = RecipientSecret::make();
    const auto others = RecipientSecret::make();
    ASSERT_TRUE(ours && others);
    std::string sealed = seal_for(ours->public_key(), "a secret");
    const auto opened = ours->open(sealed);
    ASSERT_TRUE(opened);
    EXPECT_EQ(*opened, "a secret");
    EXPECT_FALSE(others->open(sealed));
    sealed[40] = static_cast<char>(sealed[40] ^ 1);
    EXPECT_FALSE(ours->open(sealed));
    EXPECT_FALSE(ours->open("short"));
}

TEST(RecipientKey, LiesInAFileOfItsOwnerAloneThatIsNeverOverwritten) {
    std::string folder = (fs::temp_directory_path() / "bitgrid-key-XXXXXX").string();
    ASSERT_NE(::mkdtemp(folder.data()), nullptr);
    const std::string path = folder + "/mirror.key";
    const auto secret = RecipientSecret::make();
    ASSERT_TRUE(secret);
    ASSERT_TRUE(secret->keep(path));
    struct stat file {};
    ASSERT_EQ(::stat(path.c_str(), &file), 0);
    EXPECT_EQ(file.st_mode & 07777, 0600U);
    const auto again = RecipientSecret::load(path);
    ASSERT_TRUE(again) << again.error().what;
    EXPECT_EQ(again->public_key(), secret->public_key());
    const auto over = secret->keep(path);
    ASSERT_FALSE(over);
    EXPECT_EQ(over.error().code, core::ErrorCode::Refused);
    std::ofstream{path} << "bgm1secret_00\n";
    const auto damaged = RecipientSecret::load(path);
    ASSERT_FALSE(damaged);
    EXPECT_EQ(damaged.error().code, core::ErrorCode::BadInput);
    EXPECT_FALSE(RecipientSecret::load(folder + "/none"));
    fs::remove_all(folder);
}

}  // namespace
