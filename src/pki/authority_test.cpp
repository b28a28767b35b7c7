#include "pki/authority.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "pki/openssl_handles.hpp"
#include "pki/private_file.hpp"

using namespace bitgrid;
using namespace bitgrid::pki;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

constexpr std::int64_t kDayMs = 86'400'000;
constexpr core::UnixTime kNow{1'795'420'800'000};  // 2026-11-23T08:00:00Z

/// What OpenSSL says of a certificate at a moment; X509_V_OK: it counts.
int verdict(const std::string& authority, const std::string& certificate, const std::string& list,
            core::UnixTime at, int purpose) {
    X509_STORE* store = X509_STORE_new();
    const X509Ptr ca{PEM_read_bio_X509(reading(authority).get(), nullptr, nullptr, nullptr)};
    const X509Ptr leaf{PEM_read_bio_X509(reading(certificate).get(), nullptr, nullptr, nullptr)};
    const CrlPtr crl{PEM_read_bio_X509_CRL(reading(list).get(), nullptr, nullptr, nullptr)};
    X509_STORE_add_cert(store, ca.get());
    X509_STORE_add_crl(store, crl.get());
    X509_STORE_CTX* context = X509_STORE_CTX_new();
    X509_STORE_CTX_init(context, store, leaf.get(), nullptr);
    X509_VERIFY_PARAM* param = X509_STORE_CTX_get0_param(context);
    X509_VERIFY_PARAM_set_time(param, at.ms / 1'000);
    X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_X509_STRICT);
    X509_VERIFY_PARAM_set_purpose(param, purpose);
    X509_verify_cert(context);
    const int result = X509_STORE_CTX_get_error(context);
    X509_STORE_CTX_free(context);
    X509_STORE_free(store);
    return result;
}
constexpr int kClient = X509_PURPOSE_SSL_CLIENT;
constexpr int kServer = X509_PURPOSE_SSL_SERVER;

class AuthorityTest : public testing::Test {
protected:
    AuthorityTest() {
        std::string name = (std::filesystem::temp_directory_path() / "pki-XXXXXX").string();
        above_ = mkdtemp(name.data());
        folder_ = above_ + "/pki";
    }
    ~AuthorityTest() override { std::filesystem::remove_all(above_); }
    Authority make() {
        auto made = Authority::init(folder_, "house", {"box.lan", "192.168.1.5"}, kNow);
        if (!made) throw std::runtime_error{made.error().what};
        return std::move(made).value();
    }
    std::string text(const std::string& file) const { return *read_private(folder_ + file); }
    int judged(const std::string& file, core::UnixTime at, int purpose) const {
        return verdict(text("/ca.crt"), text(file), text("/crl.pem"), at, purpose);
    }
    std::string above_, folder_;
};

TEST_F(AuthorityTest, SignsAServerForItsNamesAndAClientForNothingElse) {
    Authority authority = make();
    const auto miner = authority.issue("roof", kNow);
    ASSERT_TRUE(miner) << miner.error().what;
    EXPECT_EQ(miner->certificate.name, "roof");
    const auto server = read_certificate(text("/server.crt"));
    ASSERT_TRUE(server);
    EXPECT_THAT(server->hosts, ElementsAre("box.lan", "192.168.1.5"));
    EXPECT_EQ(judged("/server.crt", kNow, kServer), X509_V_OK);
    EXPECT_EQ(judged("/clients/roof.crt", kNow, kClient), X509_V_OK);
    EXPECT_EQ(judged("/clients/roof.crt", kNow, kServer), X509_V_ERR_INVALID_PURPOSE);
    EXPECT_EQ(judged("/server.crt", kNow, kClient), X509_V_ERR_INVALID_PURPOSE);
}

TEST_F(AuthorityTest, KeepsEverythingForItsOwnerAlone) {
    ASSERT_TRUE(make().issue("roof", kNow));
    int files = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator{folder_}) {
        struct stat found {};
        ASSERT_EQ(stat(entry.path().c_str(), &found), 0);
        EXPECT_EQ(found.st_mode & 0777, entry.is_directory() ? 0700U : 0600U) << entry.path();
        if (entry.is_regular_file()) ++files;
    }
    EXPECT_EQ(files, 8);  // ca, server and client with their keys, crl.pem, issued.txt
}

TEST_F(AuthorityTest, IsNeverReplaced) {
    make();
    const std::string before = text("/ca.crt");
    const auto again = Authority::init(folder_, "house", {"box.lan"}, kNow);
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, core::ErrorCode::Refused);
    EXPECT_EQ(text("/ca.crt"), before);
}

TEST_F(AuthorityTest, LastsTenYearsAndWhatItSignsOne) {
    ASSERT_TRUE(make().issue("roof", kNow));
    EXPECT_EQ(judged("/clients/roof.crt", kNow + 364 * kDayMs, kClient), X509_V_OK);
    EXPECT_EQ(judged("/clients/roof.crt", kNow + 366 * kDayMs, kClient),
              X509_V_ERR_CERT_HAS_EXPIRED);
    const auto own = read_certificate(text("/ca.crt"));
    EXPECT_EQ((own->valid.until - kNow) / kDayMs, 3'653);
}

TEST_F(AuthorityTest, AsksForRenewalFromThreeFifthsAndKeepsTheKey) {
    Authority authority = make();
    ASSERT_TRUE(authority.issue("roof", kNow));
    const std::string key = text("/clients/roof.key");
    EXPECT_EQ((*authority.list(kNow + 218 * kDayMs))[2].standing, Standing::Good);
    const core::UnixTime later = kNow + 220 * kDayMs;
    EXPECT_EQ((*authority.list(later))[2].standing, Standing::RenewalDue);
    const auto renewed = authority.renew("roof", {}, later);
    ASSERT_TRUE(renewed) << renewed.error().what;
    EXPECT_EQ(renewed->standing, Standing::Good);
    EXPECT_EQ(text("/clients/roof.key"), key);
    EXPECT_EQ(judged("/clients/roof.crt", kNow + 500 * kDayMs, kClient), X509_V_OK);
}

TEST_F(AuthorityTest, RevokesAlsoWhatWasRenewedSince) {
    Authority authority = make();
    ASSERT_TRUE(authority.issue("roof", kNow));
    const std::string first = text("/clients/roof.crt");
    ASSERT_TRUE(authority.renew("roof", {}, kNow));
    ASSERT_TRUE(authority.issue("barn", kNow));
    ASSERT_TRUE(authority.revoke("roof", kNow));
    EXPECT_EQ(judged("/clients/roof.crt", kNow, kClient), X509_V_ERR_CERT_REVOKED);
    EXPECT_EQ(verdict(text("/ca.crt"), first, text("/crl.pem"), kNow, kClient),
              X509_V_ERR_CERT_REVOKED);
    EXPECT_EQ(judged("/clients/barn.crt", kNow, kClient), X509_V_OK);
    ASSERT_FALSE(authority.renew("roof", {}, kNow));
    ASSERT_TRUE(authority.issue("roof", kNow));  // anew, with another key
    EXPECT_EQ(judged("/clients/roof.crt", kNow, kClient), X509_V_OK);
    ASSERT_TRUE(authority.revoke("barn", kNow));
    EXPECT_EQ(read_revocations(text("/crl.pem"))->size(), 3U);
}

TEST_F(AuthorityTest, ItsListOfRevocationsCountsAsLongAsItself) {
    ASSERT_TRUE(make().issue("roof", kNow));
    ASSERT_TRUE(Authority::open(folder_)->renew("roof", {}, kNow + 3'000 * kDayMs));
    EXPECT_EQ(judged("/clients/roof.crt", kNow + 3'300 * kDayMs, kClient), X509_V_OK);
}

TEST_F(AuthorityTest, RefusesNamesThatWouldBeSomethingElse) {
    Authority authority = make();
    for (const char* name : {"", "server", "broker", "ca", "../x", "A", "a b", "-x"}) {
        const auto issued = authority.issue(name, kNow);
        ASSERT_FALSE(issued) << name;
        EXPECT_EQ(issued.error().code, core::ErrorCode::BadInput) << name;
    }
    const auto hosts = authority.renew("server", {"a,DNS:bank.example"}, kNow);
    ASSERT_FALSE(hosts);
    EXPECT_THAT(hosts.error().what, HasSubstr("a,DNS:bank.example"));
    ASSERT_TRUE(authority.issue("roof", kNow));
    EXPECT_EQ(authority.issue("roof", kNow).error().code, core::ErrorCode::Refused);
    EXPECT_EQ(authority.revoke("barn", kNow).error().code, core::ErrorCode::NotFound);
}

TEST_F(AuthorityTest, TellsWhatIsDamaged) {
    Authority authority = make();
    ASSERT_TRUE(authority.issue("roof", kNow));
    ASSERT_TRUE(authority.issue("barn", kNow));
    std::ofstream{folder_ + "/clients/roof.crt"} << "-----BEGIN";
    ASSERT_TRUE(keep_private(folder_ + "/clients/barn.key", text("/server.key")));
    const auto all = *authority.list(kNow);
    ASSERT_EQ(all.size(), 4U);
    EXPECT_EQ(all[2].standing, Standing::Damaged);
    EXPECT_EQ(all[3].standing, Standing::Damaged);
    ASSERT_TRUE(keep_private(folder_ + "/ca.key", text("/server.key")));
    EXPECT_EQ(Authority::open(folder_).error().code, core::ErrorCode::Damaged);
}

}  // namespace
