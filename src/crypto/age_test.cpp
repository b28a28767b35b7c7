// Encryption against the real `age` of the distribution, both ways, and against hostile files.
#include "crypto/age.hpp"

#include <gtest/gtest.h>
#include <pty.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "crypto/age_header.hpp"
#include "crypto/age_wrap.hpp"

using namespace bitgrid;
using namespace bitgrid::crypto;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kPiece = 65'536;

std::string read(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}
void write(const std::string& path, const std::string& text) {
    std::ofstream{path, std::ios::binary} << text;
}
bool run(const std::string& command) {
    return std::system((command + " 2>/dev/null").c_str()) == 0;
}

// Not compressible, and the same each time.
std::string noise(std::size_t size) {
    std::string text(size, '\0');
    std::uint32_t state = 20'260'615;
    for (char& c : text) {
        state = state * 1'664'525 + 1'013'904'223;
        c = static_cast<char>(state >> 24);
    }
    return text;
}

class Age : public testing::Test {
protected:
    Age() {
        std::string name = (fs::temp_directory_path() / "bitgrid-age-XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
        write(at("key"), pair_.identity + "\n");
    }
    ~Age() override { fs::remove_all(folder_); }
    std::string at(const std::string& name) const { return folder_ + "/" + name; }
    age::Lock to_us() const { return {{pair_.recipient}, ""}; }
    age::Key ours() const { return {{pair_.identity}, ""}; }

    std::string folder_;
    const age::KeyPair pair_ = age::make_key_pair();
};

TEST_F(Age, OpensWhatTheRealOneWroteAndTheOtherWayRound) {
    ASSERT_TRUE(run("age --version >" + at("version"))) << "the package age is needed";
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, kPiece - 1, kPiece, kPiece + 1,
                                   3 * kPiece, 3 * kPiece + 7}) {
        SCOPED_TRACE(size);
        const std::string text = noise(size);
        write(at("plain"), text);
        ASSERT_TRUE(age::encrypt_file(at("plain"), at("ours.age"), to_us()));
        ASSERT_TRUE(run("age -d -i " + at("key") + " -o " + at("theirs") + " " + at("ours.age")));
        EXPECT_TRUE(read(at("theirs")) == text);
        ASSERT_TRUE(run("age -r " + pair_.recipient + " -o " + at("its.age") + " " + at("plain")));
        const auto back = age::decrypt_file(at("its.age"), at("back"), ours());
        ASSERT_TRUE(back) << back.error().what;
        EXPECT_TRUE(read(at("back")) == text);
    }
}

TEST_F(Age, SharesItsKeysWithTheRealOne) {
    ASSERT_TRUE(run("age-keygen -y " + at("key") + " >" + at("public")));
    EXPECT_EQ(read(at("public")), pair_.recipient + "\n");
    ASSERT_TRUE(run("age-keygen -o " + at("its")));
    ASSERT_TRUE(run("age-keygen -y " + at("its") + " >" + at("public")));
    const auto identities = age::identities_in(read(at("its")));
    ASSERT_TRUE(identities) << identities.error().what;
    ASSERT_EQ(identities->size(), 1U);
    const auto recipient = age::recipient_of(identities->front());
    ASSERT_TRUE(recipient);
    EXPECT_EQ(*recipient + "\n", read(at("public")));
}

// age asks for a passphrase at a terminal only: it gets one, and an answer to each question.
bool age_at_a_terminal(std::vector<std::string> words, const std::string& answer) {
    std::vector<char*> arguments{const_cast<char*>("age")};
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    int terminal = -1;
    const pid_t child = ::forkpty(&terminal, nullptr, nullptr, nullptr);
    if (child == 0) {
        ::execvp("age", arguments.data());
        ::_exit(127);
    }
    std::string heard;
    std::array<char, 256> some{};
    for (ssize_t size = 0; (size = ::read(terminal, some.data(), some.size())) > 0;) {
        heard.append(some.data(), static_cast<std::size_t>(size));
        if (!heard.ends_with(": ")) continue;
        heard.clear();
        const std::string line = answer + "\n";
        if (::write(terminal, line.data(), line.size()) < 0) break;
    }
    ::close(terminal);
    int status = 0;
    return ::waitpid(child, &status, 0) == child && status == 0;
}

TEST_F(Age, SharesPassphrasesWithTheRealOne) {
    write(at("plain"), "what nobody else may read");
    age::Lock lock{{}, "hush"};
    ASSERT_TRUE(age::encrypt_file(at("plain"), at("ours.age"), lock));
    ASSERT_TRUE(age_at_a_terminal({"-d", "-o", at("theirs"), at("ours.age")}, "hush"));
    EXPECT_EQ(read(at("theirs")), read(at("plain")));
    ASSERT_TRUE(age_at_a_terminal({"-p", "-o", at("its.age"), at("plain")}, "hush"));
    const auto back = age::decrypt_file(at("its.age"), at("back"), {{}, "hush"});
    ASSERT_TRUE(back) << back.error().what;
    EXPECT_EQ(read(at("back")), read(at("plain")));
}

TEST_F(Age, IsForSeveralRecipientsAndNobodyElse) {
    const age::KeyPair other = age::make_key_pair();
    const age::KeyPair stranger = age::make_key_pair();
    const auto sealed = age::encrypt("text", {{other.recipient, pair_.recipient}, ""});
    ASSERT_TRUE(sealed);
    for (const age::KeyPair& pair : {other, pair_}) {
        const auto open = age::decrypt(*sealed, {{stranger.identity, pair.identity}, ""});
        ASSERT_TRUE(open) << open.error().what;
        EXPECT_EQ(*open, "text");
    }
    const auto refused = age::decrypt(*sealed, {{stranger.identity}, ""});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, core::ErrorCode::Refused);
    const auto with_words = age::decrypt(*sealed, {{}, "hush"});
    ASSERT_FALSE(with_words);
    EXPECT_EQ(with_words.error().code, core::ErrorCode::Refused);
}

TEST_F(Age, RefusesAnotherPassphraseAndAnIdentityForOne) {
    age::Lock lock{{}, "hush", 1};
    const auto sealed = age::encrypt("text", lock);
    ASSERT_TRUE(sealed);
    EXPECT_TRUE(age::decrypt(*sealed, {{}, "hush"}));
    for (const age::Key& key : {age::Key{{}, "hash"}, ours()}) {
        const auto refused = age::decrypt(*sealed, key);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, core::ErrorCode::Refused);
    }
}

TEST_F(Age, FindsEveryFlippedBitAndEveryCut) {
    const auto sealed = age::encrypt("a secret of some length", to_us());
    ASSERT_TRUE(sealed);
    for (std::size_t at = 0; at < sealed->size(); ++at)
        for (const int bit : {0, 3, 7}) {
            std::string bent = *sealed;
            bent[at] = static_cast<char>(bent[at] ^ (1 << bit));
            EXPECT_FALSE(age::decrypt(bent, ours())) << "byte " << at << ", bit " << bit;
        }
    for (std::size_t size = 0; size < sealed->size(); ++size)
        EXPECT_FALSE(age::decrypt(sealed->substr(0, size), ours())) << size;
    EXPECT_FALSE(age::decrypt(*sealed + "x", ours()));
}

TEST_F(Age, FindsPiecesThatWereDroppedSwappedOrRepeated) {
    const auto sealed = age::encrypt(noise(3 * kPiece), to_us());
    ASSERT_TRUE(sealed);
    constexpr std::size_t kSealed = kPiece + 16;
    const std::size_t body = sealed->size() - 3 * kSealed;
    const auto piece = [&](std::size_t i) { return sealed->substr(body + i * kSealed, kSealed); };
    const std::string head = sealed->substr(0, body);
    EXPECT_TRUE(age::decrypt(head + piece(0) + piece(1) + piece(2), ours()));
    for (const std::string& bent : {head + piece(0) + piece(1), head + piece(0) + piece(2),
                                    head + piece(2), head + piece(1) + piece(0) + piece(2),
                                    head + piece(0) + piece(1) + piece(2) + piece(2), head}) {
        const auto refused = age::decrypt(bent, ours());
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, core::ErrorCode::Damaged);
    }
}

TEST_F(Age, LeavesNothingOfAFailureAndKeepsWhatWasThere) {
    write(at("plain"), noise(2 * kPiece));
    write(at("back"), "what was there");
    ASSERT_TRUE(age::encrypt_file(at("plain"), at("sealed"), to_us()));
    std::string bent = read(at("sealed"));
    bent[bent.size() - 1] ^= 1;
    write(at("bent"), bent);
    EXPECT_FALSE(age::decrypt_file(at("bent"), at("back"), ours()));
    EXPECT_EQ(read(at("back")), "what was there");
    EXPECT_FALSE(fs::exists(at("back.unfinished")));
    const auto gone = age::encrypt_file(at("none"), at("x"), to_us());
    ASSERT_FALSE(gone);
    EXPECT_EQ(gone.error().code, core::ErrorCode::Unavailable);
    EXPECT_FALSE(fs::exists(at("x")));
    struct stat file {};
    ASSERT_EQ(::stat(at("sealed").c_str(), &file), 0);
    EXPECT_EQ(file.st_mode & 07777, 0600U);
}

/// A file whose passphrase is right but whose first stanza has these words.
std::string with_words(const std::vector<std::string>& words) {
    return age::write_header({{words, std::string(32, 'x')}}) + " " +
           age::base64(std::string(32, 's')) + "\n" + std::string(40, 'p');
}

TEST_F(Age, RefusesWorkWithoutEndBeforeItBegins) {
    const std::string salt = age::base64(std::string(16, 's'));
    for (const char* const factor : {"21", "30", "63", "99"}) {
        const auto refused = age::decrypt(with_words({"scrypt", salt, factor}), {{}, "hush"});
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, core::ErrorCode::TooLarge) << factor;
    }
    for (const char* const factor : {"0", "-1", "+1", "01", "1x", "99999999999999999999"}) {
        const auto refused = age::decrypt(with_words({"scrypt", salt, factor}), {{}, "hush"});
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, core::ErrorCode::BadInput) << factor;
    }
    EXPECT_FALSE(age::decrypt(with_words({"scrypt", salt}), {{}, "hush"}));
    EXPECT_FALSE(age::decrypt(with_words({"scrypt", "short", "1"}), {{}, "hush"}));
}

TEST_F(Age, RefusesHeadersThatAreNone) {
    const std::string first = "age-encryption.org/v1\n";
    const std::string sum = "--- " + age::base64(std::string(32, 's')) + "\n";
    for (const std::string& text :
         {std::string{}, std::string{"hello"}, first, first + sum, first + "-> \n\n" + sum,
          first + "-> X25519  x\n\n" + sum, first + "-> X25519 x \n\n" + sum,
          first + "->X25519\n\n" + sum, first + "-> X25519 x\n==\n" + sum,
          first + "-> X25519 x\nAB\n" + sum /* not the one text of a byte */,
          first + "-> X25519 x\n\n---\n", first + "-> X25519 x\n\n--- AAAA\n",
          first + "-> X25519 x\r\n\r\n" + sum, std::string{"age-encryption.org/v2\n"}}) {
        const auto refused = age::decrypt(text, ours());
        ASSERT_FALSE(refused) << text;
        EXPECT_EQ(refused.error().code, core::ErrorCode::BadInput) << text;
    }
    for (const std::string& text :
         {first + "-> X25519 " + std::string(100'000, 'x'), first + std::string(100'000, '\n')})
        EXPECT_FALSE(age::decrypt(text, ours()));
    std::string many = first;
    for (int i = 0; i < 300; ++i) many += "-> x\n\n";
    const auto refused = age::decrypt(many + sum, ours());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, core::ErrorCode::TooLarge);
}

TEST_F(Age, GoesPastStanzasThatItDoesNotKnow) {
    const age::FileKey key = age::FileKey::fresh();
    auto stanzas = age::wrap(key, to_us());
    ASSERT_TRUE(stanzas);
    stanzas->insert(stanzas->begin(), {{"x-grease", "!", "~"}, std::string(48, 'g')});
    const std::string text = age::write_header(*stanzas);
    const KeyBytes sum = age::header_sum(key, text);
    const std::string whole =
        text + " " + age::base64({reinterpret_cast<const char*>(sum.data()), sum.size()}) + "\n";
    const auto header = age::read_header(whole);
    ASSERT_TRUE(header && *header);
    const auto found = age::unwrap(**header, ours());
    ASSERT_TRUE(found) << found.error().what;
    EXPECT_EQ(found->text(), key.text());
}

TEST_F(Age, NamesWhatIsNoKey) {
    EXPECT_TRUE(age::check_recipient(pair_.recipient));
    std::string bent = pair_.recipient;
    bent[20] = bent[20] == 'q' ? 'p' : 'q';
    for (const std::string& text : {bent, std::string{"age1"}, std::string{}, pair_.identity,
                                    pair_.recipient + "q", "Age1" + pair_.recipient.substr(4)})
        EXPECT_FALSE(age::check_recipient(text)) << text;
    EXPECT_FALSE(age::identities_in("# nothing\n\n"));
    const auto wrong = age::identities_in("# a comment\n" + pair_.recipient + "\n");
    ASSERT_FALSE(wrong);
    EXPECT_NE(wrong.error().what.find("line 2"), std::string::npos);
    EXPECT_FALSE(age::encrypt("x", {}));
    EXPECT_FALSE(age::encrypt("x", {{pair_.recipient}, "hush"}));
    EXPECT_FALSE(age::encrypt("x", {{"age1nobody"}, ""}));
    // A point of small order: whoever names it would share the key with everybody.
    EXPECT_FALSE(age::encrypt("x", {{bech32("age", KeyBytes{})}, ""}));
}

TEST(Bech32, IsThatOfTheStandard) {
    KeyBytes key;
    for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<unsigned char>(i);
    const std::string text = bech32("age", key);
    const auto back = from_bech32("age", text);
    ASSERT_TRUE(back);
    EXPECT_EQ(*back, key);
    std::string loud = text;
    for (char& c : loud) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    EXPECT_TRUE(from_bech32("age", loud));
    EXPECT_FALSE(from_bech32("agd", text));
}

}  // namespace
