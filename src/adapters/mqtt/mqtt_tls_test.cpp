#include "adapters/mqtt/mqtt_tls.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "adapters/mqtt/testing_broker.hpp"

using namespace bitgrid;
using namespace bitgrid::adapters;
using testing::HasSubstr;

namespace {

std::string text_of(BIO* bio) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    std::string text{data, static_cast<std::size_t>(size)};
    BIO_free(bio);
    return text;
}

struct Identity {
    std::string certificate;
    std::string key;
};

/// Signed by itself, for the name `localhost` only.
Identity make_identity(long lasts_s = 86'400) {
    EVP_PKEY* key = EVP_EC_gen("P-256");
    X509* certificate = X509_new();
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), lasts_s);
    X509_set_pubkey(certificate, key);
    X509_NAME* name = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("test"), -1, -1, 0);
    X509_set_issuer_name(certificate, name);
    for (const auto& [nid, value] :
         {std::pair{NID_subject_alt_name, "DNS:localhost"}, {NID_basic_constraints, "CA:TRUE"}}) {
        X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value);
        X509_add_ext(certificate, extension, -1);
        X509_EXTENSION_free(extension);
    }
    X509_sign(certificate, key, EVP_sha256());
    BIO* certificate_text = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(certificate_text, certificate);
    BIO* key_text = BIO_new(BIO_s_mem());
    PEM_write_bio_PrivateKey(key_text, key, nullptr, nullptr, 0, nullptr, nullptr);
    X509_free(certificate);
    EVP_PKEY_free(key);
    return {text_of(certificate_text), text_of(key_text)};
}

class MqttTlsTest : public testing::Test {
protected:
    MqttTlsTest()
        : identity_{make_identity()},
          certificate_{files_.write_file("broker.pem", identity_.certificate)},
          key_{files_.write_file("broker.key", identity_.key)},
          broker_{"certfile " + certificate_ + "\nkeyfile " + key_ + "\n"} {
        broker_.start();
        config_ = quick_config(broker_);
        config_.tls = true;
        config_.tls_ca_file = certificate_;
        config_.host = "localhost";
    }
    TestBroker files_;
    Identity identity_;
    std::string certificate_;
    std::string key_;
    TestBroker broker_;
    MqttConfig config_;
    boost::asio::io_context io_;
};

TEST_F(MqttTlsTest, TrustsABrokerByItsAuthorityAndName) {
    TestClient client{io_, config_};
    ASSERT_TRUE(client.connect()) << client.health.reports.back().second;
    int heard = 0;
    const Subscription hold = client.client.subscribe("echo", [&](const MqttMessage&) { ++heard; });
    for (int i = 0; i < 300; ++i)
        client.client.publish(event_message("echo", std::string(1'000, 'x')));
    ASSERT_TRUE(client.settle());
    EXPECT_EQ(heard, 300);
}

TEST_F(MqttTlsTest, RefusesABrokerOfAnotherName) {
    config_.host = "127.0.0.1";
    TestClient client{io_, config_};
    EXPECT_TRUE(run_until(
        io_, [&] { return client.health.reports.back().second.find("TLS") != std::string::npos; }));
    EXPECT_FALSE(client.client.is_connected());
    EXPECT_THAT(client.health.reports.back().second, HasSubstr("does not name 127.0.0.1"));
}

TEST_F(MqttTlsTest, SaysThatTheBrokerWantsACertificate) {
    TestBroker strict{"certfile " + certificate_ + "\nkeyfile " + key_ + "\ncafile " +
                      certificate_ + "\nrequire_certificate true\n"};
    strict.start();
    config_.port = strict.port();
    TestClient client{io_, config_};
    EXPECT_TRUE(run_until(io_, [&] {
        return client.health.reports.back().second.find("refuses our certificate") !=
               std::string::npos;
    })) << client.health.reports.back().second;
}

TEST_F(MqttTlsTest, DoesNotTryWithAnExpiredCertificateOfItsOwn) {
    const Identity old = make_identity(-10);
    config_.tls_certificate_file = files_.write_file("old.pem", old.certificate);
    config_.tls_key_file = files_.write_file("old.key", old.key);
    const auto tls = make_tls(config_);
    ASSERT_FALSE(tls);
    EXPECT_THAT(tls.error().what, HasSubstr("has expired"));
}

TEST_F(MqttTlsTest, RefusesABrokerOfAnotherAuthority) {
    config_.tls_ca_file = files_.write_file("other.pem", make_identity().certificate);
    TestClient client{io_, config_};
    EXPECT_TRUE(run_until(
        io_, [&] { return client.health.reports.back().second.find("TLS") != std::string::npos; }));
    EXPECT_FALSE(client.client.is_connected());
    EXPECT_THAT(client.health.reports.back().second, HasSubstr("tls_ca_file"));
}

TEST_F(MqttTlsTest, NamesAFileThatItCannotUse) {
    config_.tls_ca_file = "/nowhere/ca.pem";
    const auto tls = make_tls(config_);
    ASSERT_FALSE(tls);
    EXPECT_THAT(tls.error().what, HasSubstr("/nowhere/ca.pem"));
}

}  // namespace
