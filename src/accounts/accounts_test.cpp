// Accounts as the daemon keeps them: real files, real hashes, real threads.
#include "accounts/accounts.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <condition_variable>
#include <fstream>

#include "accounts/book_json.hpp"
#include "accounts/password.hpp"
#include "accounts/private_file.hpp"
#include "crypto/digest.hpp"

using namespace bitgrid;
using namespace bitgrid::accounts;

namespace {

constexpr core::UnixTime kNow{1'781'517'600'000};
const std::string kPassword = "correct horse";

/// The engine thread of the test: runs what comes until something holds.
class KeptAccounts : public ::testing::Test {
protected:
    KeptAccounts() {
        std::string pattern = ::testing::TempDir() + "accountsXXXXXX";
        folder = ::mkdtemp(pattern.data());
        begin();
    }
    ~KeptAccounts() override {
        kept.reset();
        std::filesystem::remove_all(folder);
    }
    void begin(bool wants_somebody = false) {
        kept.reset();
        kept.emplace(folder, Accounts::World{[this](std::function<void()> call) {
                                                 const std::lock_guard lock{mutex};
                                                 calls.push_back(std::move(call));
                                                 news.notify_one();
                                             },
                                             [this] { return now; }, [this] { ++changes; },
                                             [this](const std::string& what) { trouble = what; },
                                             [] {}, cost});
        const auto opened = kept->open(wants_somebody);
        ASSERT_TRUE(opened) << opened.error().what;
        code = *opened;
    }
    bool wait_for(const std::function<bool()>& holds) {
        const auto end = std::chrono::steady_clock::now() + std::chrono::minutes{2};
        while (!holds()) {
            std::unique_lock lock{mutex};
            if (!news.wait_until(lock, end, [this] { return !calls.empty(); })) return false;
            const auto call = std::move(calls.front());
            calls.pop_front();
            lock.unlock();
            call();
        }
        return true;
    }
    core::Result<void> settled(const std::function<void(Accounts::Done)>& ask) {
        std::optional<core::Result<void>> got;
        ask([&](core::Result<void> result) { got = std::move(result); });
        wait_for([&] { return got.has_value(); });
        return got.value_or(core::Error{core::ErrorCode::Timeout, "no answer"});
    }
    core::Result<std::string> sign_in(const std::string& name, const std::string& password) {
        std::optional<core::Result<std::string>> got;
        kept->sign_in(name, Secret{password}, [&](core::Result<std::string> r) { got = r; });
        wait_for([&] { return got.has_value(); });
        return got.value_or(core::Error{core::ErrorCode::Timeout, "no answer"});
    }
    void add(const std::string& name, Role role) {
        const auto added = settled([&](Accounts::Done done) {
            kept->add_account(name, role, Secret{kPassword}, std::move(done));
        });
        ASSERT_TRUE(added) << added.error().what;
    }
    std::string everything_on_disk() const {
        std::string all;
        for (const auto& entry : std::filesystem::directory_iterator{folder}) {
            std::ifstream file{entry.path()};
            all.append(std::istreambuf_iterator<char>{file}, {});
        }
        return all;
    }

    std::filesystem::path folder;
    core::UnixTime now{kNow};
    std::optional<Accounts> kept;
    std::string code, trouble;
    PasswordCost cost{1, 8'192};  ///< so that the tests are short
    int changes{0};
    std::mutex mutex;
    std::condition_variable news;
    std::deque<std::function<void()>> calls;
};

TEST_F(KeptAccounts, SignInWithTheRightPasswordOnlyAndKeepNoSecret) {
    EXPECT_FALSE(kept->is_closed());
    add("anna", Role::Admin);
    EXPECT_TRUE(kept->is_closed());
    const auto secret = sign_in("anna", kPassword);
    ASSERT_TRUE(secret);
    const auto person = kept->person_of(*secret);
    ASSERT_TRUE(person);
    EXPECT_EQ(person->name, "anna");
    EXPECT_EQ(person->role, Role::Admin);
    EXPECT_TRUE(person->is_confirmed) << "just now";
    EXPECT_EQ(sign_in("anna", "correct horsf").error().code, core::ErrorCode::Refused);
    EXPECT_EQ(sign_in("nobody", kPassword).error().what, sign_in("anna", "no").error().what);
    EXPECT_FALSE(kept->person_of(*secret + "x"));
    EXPECT_FALSE(kept->person_of(""));
    EXPECT_FALSE(kept->person_of(person->session)) << "what is kept opens nothing";
    kept.reset();
    const std::string disk = everything_on_disk();
    EXPECT_NE(disk.find("$argon2id$v=19$m=8,t=1,p=1$"), std::string::npos);
    EXPECT_NE(disk.find(person->session), std::string::npos);
    EXPECT_EQ(disk.find(kPassword), std::string::npos);
    EXPECT_EQ(disk.find(*secret), std::string::npos);
    for (const auto& entry : std::filesystem::directory_iterator{folder})
        EXPECT_EQ(static_cast<unsigned>(entry.status().permissions()), 0600U) << entry.path();
}

TEST_F(KeptAccounts, HoldSessionsOverARestartAndEndThemInTime) {
    add("anna", Role::Admin);
    const std::string secret = *sign_in("anna", kPassword);
    begin();
    ASSERT_TRUE(kept->person_of(secret));
    now = now + Sessions::kConfirmedMs + 1;
    EXPECT_FALSE(kept->person_of(secret)->is_confirmed);
    const std::string session = kept->person_of(secret)->session;
    EXPECT_FALSE(settled([&](Accounts::Done done) {
        kept->confirm(session, Secret{"wrong one"}, std::move(done));
    }));
    EXPECT_FALSE(kept->person_of(secret)->is_confirmed);
    EXPECT_TRUE(settled(
        [&](Accounts::Done done) { kept->confirm(session, Secret{kPassword}, std::move(done)); }));
    EXPECT_TRUE(kept->person_of(secret)->is_confirmed);
    const core::UnixTime signed_in = kNow;
    while (now - signed_in < Sessions::kLongestMs - Sessions::kIdleMs) {
        now = now + (Sessions::kIdleMs - 1'000);
        ASSERT_TRUE(kept->person_of(secret)) << "in use";
    }
    now = signed_in + Sessions::kLongestMs + 1;
    EXPECT_FALSE(kept->person_of(secret)) << "thirty days";
    const std::string other = *sign_in("anna", kPassword);
    now = now + Sessions::kIdleMs + 1;
    EXPECT_FALSE(kept->person_of(other)) << "twelve hours of nothing";
    const std::string third = *sign_in("anna", kPassword);
    kept->sign_out(kept->person_of(third)->session);
    EXPECT_FALSE(kept->person_of(third));
}

TEST_F(KeptAccounts, NoticeWhatAnotherProgramChanges) {
    add("anna", Role::Admin);
    add("ben", Role::Operator);
    const std::string ben = *sign_in("ben", kPassword);
    const int before = changes;
    ASSERT_TRUE(change_book(folder, [](Book& b) { return b.set_role("ben", Role::Observer); }));
    ASSERT_TRUE(wait_for([&] { return changes > before; }));
    EXPECT_EQ(kept->person_of(ben)->role, Role::Observer) << "the session goes on with less";
    ASSERT_TRUE(change_book(folder, [](Book& b) { return b.remove("ben"); }));
    ASSERT_TRUE(wait_for([&] { return !kept->person_of(ben); }));
    std::ofstream{folder / "accounts.json"} << "{\"version\":1";
    ASSERT_TRUE(wait_for([&] { return !trouble.empty(); }));
    EXPECT_NE(trouble.find("accounts.json"), std::string::npos) << trouble;
    EXPECT_TRUE(sign_in("anna", kPassword)) << "what held before holds";
    begin();
    EXPECT_TRUE(kept->is_closed()) << "but after a start nobody comes in, rather than everybody";
    EXPECT_FALSE(sign_in("anna", kPassword));
}

TEST_F(KeptAccounts, EndTheSessionsOfAPasswordThatIsChanged) {
    add("anna", Role::Admin);
    const std::string secret = *sign_in("anna", kPassword);
    EXPECT_FALSE(settled([&](Accounts::Done done) {
        kept->set_password("anna", Secret{"short"}, std::move(done));
    }));
    EXPECT_TRUE(kept->person_of(secret));
    EXPECT_TRUE(settled([&](Accounts::Done done) {
        kept->set_password("anna", Secret{"another one"}, std::move(done));
    }));
    EXPECT_FALSE(kept->person_of(secret));
    EXPECT_TRUE(sign_in("anna", "another one"));
}

TEST_F(KeptAccounts, CanBeBegunByACodeThatWorksOnce) {
    begin(true);
    ASSERT_EQ(code.size(), 23U);
    std::ifstream file{first_run_file(folder)};
    std::string kept_code;
    std::getline(file, kept_code);
    EXPECT_EQ(kept_code, code);
    const auto use = [&](const std::string& with, const std::string& name) {
        std::optional<core::Result<std::string>> got;
        kept->use_first_run_code(with, name, Secret{kPassword},
                                 [&](core::Result<std::string> r) { got = r; });
        wait_for([&] { return got.has_value(); });
        return *got;
    };
    const std::string once = code;
    begin(true);
    EXPECT_EQ(code, "") << "shown once";
    EXPECT_FALSE(use("aaaaa-aaaaa-aaaaa-aaaaa", "anna"));
    EXPECT_FALSE(use(once, "Not a name"));
    const auto secret = use(once, "anna");
    ASSERT_TRUE(secret);
    EXPECT_EQ(kept->person_of(*secret)->role, Role::Admin);
    EXPECT_FALSE(use(once, "eve"));
    EXPECT_FALSE(std::filesystem::exists(first_run_file(folder)));
    begin(true);
    EXPECT_EQ(code, "") << "there is somebody now";
}

TEST_F(KeptAccounts, KnowTokensUntilTheyExpireOrAreRevoked) {
    ASSERT_TRUE(settled([&](Accounts::Done done) {
        kept->change(
            [](Book& book) {
                return book.add(Token{"phone", Role::Operator, crypto::sha256_hex("bg_x"), kNow,
                                      kNow + kDayMs, "user:anna"});
            },
            std::move(done));
    }));
    EXPECT_TRUE(kept->is_closed());
    ASSERT_NE(kept->token_of("bg_x"), nullptr);
    EXPECT_EQ(kept->token_of("bg_y"), nullptr);
    EXPECT_EQ(kept->token_of(crypto::sha256_hex("bg_x")), nullptr);
    now = kNow + kDayMs;
    EXPECT_EQ(kept->token_of("bg_x"), nullptr) << "expired";
    now = kNow;
    EXPECT_TRUE(settled([&](Accounts::Done done) {
        kept->change([](Book& book) { return book.revoke("phone"); }, std::move(done));
    }));
    EXPECT_EQ(kept->token_of("bg_x"), nullptr);
}

TEST(Passwords, CostWhoeverGuessesAQuarterOfAGigabyteEach) {
    const Secret password{kPassword};
    const auto hash = hash_password(password);
    ASSERT_TRUE(hash) << hash.error().what;
    EXPECT_TRUE(hash->starts_with("$argon2id$v=19$m=262144,t=3,p=1$")) << *hash;
    EXPECT_TRUE(verify_password(password, *hash));
    EXPECT_EQ(verify_password(Secret{"correct hors"}, *hash).error().code,
              core::ErrorCode::Refused);
    const PasswordCost beyond{3, std::size_t{1} << 45U};
    EXPECT_EQ(hash_password(password, beyond).error().code, core::ErrorCode::Unavailable)
        << "refused rather than ended by the kernel";
}

TEST_F(KeptAccounts, RefuseMoreThanAFewPasswordsThatWait) {
    add("anna", Role::Admin);
    cost = PasswordCost{3, 64U << 20U};
    begin();
    int answered = 0, busy = 0;
    for (int i = 0; i < 40; ++i)
        kept->sign_in("nobody", Secret{"wrong " + std::to_string(i)},
                      [&](const core::Result<std::string>& result) {
                          ++answered;
                          busy += result.error().code == core::ErrorCode::Unavailable ? 1 : 0;
                      });
    EXPECT_TRUE(wait_for([&] { return answered == 40; }));
    EXPECT_GT(busy, 0) << "at once, without a hash";
    EXPECT_LT(busy, 40);
}

TEST_F(KeptAccounts, WriteAnAuditThatStaysSmall) {
    for (int i = 0; i < 3; ++i)
        kept->note({{}, "SIGNED_IN", "user:anna", "192.168.1." + std::to_string(i), "\n\"x\xff"});
    std::optional<std::vector<AuditEntry>> entries;
    kept->read_audit(2,
                     [&](const core::Result<std::vector<AuditEntry>>& read) { entries = *read; });
    ASSERT_TRUE(wait_for([&] { return entries.has_value(); }));
    ASSERT_EQ(entries->size(), 2U);
    EXPECT_EQ(entries->at(0).peer, "192.168.1.2") << "the newest first";
    EXPECT_EQ(entries->at(0).time, kNow);
    const AuditEntry large{kNow, std::string(1'000, 'x'), "", "", std::string(1'000, 'y')};
    EXPECT_LT(line_of(large).size(), 600U);
    for (int i = 0; i < 6'000; ++i) ASSERT_TRUE(append_audit(folder, large));
    EXPECT_LE(std::filesystem::file_size(folder / "audit.jsonl"), kMostAuditBytes);
    EXPECT_LE(std::filesystem::file_size(folder / "audit.jsonl.1"), kMostAuditBytes);
    EXPECT_GT(read_audit(folder, 100'000)->size(), 2'000U);
}

TEST(AccountBooks, RefuseWhatWouldLeaveNobodyInCharge) {
    Book book;
    EXPECT_FALSE(book.add(Account{"ben", Role::Operator, "", "", {}})) << "the first one";
    EXPECT_TRUE(book.add(Account{"anna", Role::Admin, "", "", {}}));
    EXPECT_TRUE(book.add(Account{"ben", Role::Operator, "", "", {}}));
    EXPECT_FALSE(book.add(Account{"ben", Role::Admin, "", "", {}})) << "twice";
    for (const char* bad : {"", "Anna", "a b", "../x", ".a", "äpfel"})
        EXPECT_FALSE(book.add(Account{bad, Role::Admin, "", "", {}})) << bad;
    EXPECT_FALSE(book.set_role("anna", Role::Operator));
    EXPECT_FALSE(book.remove("anna"));
    EXPECT_TRUE(book.remove("ben"));
    EXPECT_TRUE(book.remove("anna")) << "the last one of all";
}

TEST(AccountBooks, AreReadBackAsTheyWereWritten) {
    Book book;
    ASSERT_TRUE(book.add(Account{"anna", Role::Admin, "$argon2id$x", "stamp", kNow}));
    ASSERT_TRUE(book.add(Token{"phone", Role::Observer, std::string(64, 'a'), kNow, kNow, "cli"}));
    book.first_run = std::string(64, 'b');
    const auto again = book_of(text_of(book));
    ASSERT_TRUE(again) << again.error().what;
    EXPECT_EQ(*again, book);
    for (std::string bad :
         {text_of(book) + "x", std::string{"{}"}, std::string{"[]"},
          std::string{R"({"version":2,"accounts":[],"tokens":[],"first_run":""})"},
          std::string{R"({"version":1,"accounts":[],"tokens":[],"first_run":"","x":1})"},
          std::string{R"({"version":1,"accounts":[{"name":"a"}],"tokens":[],"first_run":""})"}})
        EXPECT_EQ(book_of(bad).error().code, core::ErrorCode::Damaged) << bad;
}

TEST(PrivateFiles, AreNeverReadThroughALink) {
    const std::filesystem::path folder = ::testing::TempDir();
    const std::filesystem::path link = folder / "accounts_link_test";
    std::filesystem::remove(link);
    std::filesystem::create_symlink("/etc/passwd", link);
    EXPECT_FALSE(read_private(link, 1'000'000));
    ASSERT_TRUE(write_private(link, "mine"));
    EXPECT_EQ(*read_private(link, 10), "mine") << "the link gave way, its end did not";
    EXPECT_FALSE(read_private(link, 3)) << "too long";
    std::filesystem::remove(link);
    EXPECT_EQ(*read_private(link, 10), "");
}

}  // namespace
