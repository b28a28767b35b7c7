#include "adapters/mqtt/mqtt_tls.hpp"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

namespace bitgrid::adapters {
namespace {

core::Error unusable(const std::string& file) {
    return {core::ErrorCode::BadInput, "TLS: " + file + " cannot be used"};
}

// An address must stand in the certificate as an address, a name as a name.
bool expect_name(SSL_CTX* context, const std::string& host) {
    X509_VERIFY_PARAM* expected = SSL_CTX_get0_param(context);
    if (X509_VERIFY_PARAM_set1_ip_asc(expected, host.c_str()) == 1) return true;
    X509_VERIFY_PARAM_set_hostflags(
        expected, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    return X509_VERIFY_PARAM_set1_host(expected, host.c_str(), host.size()) == 1;
}

/// What went wrong with the connections of a context; freed with it.
struct Failure {
    std::string host;
    std::string why;
};

int failure_slot() {
    static const int slot = SSL_CTX_get_ex_new_index(
        0, nullptr, nullptr, nullptr, [](void*, void* failure, CRYPTO_EX_DATA*, int, long, void*) {
            delete static_cast<Failure*>(failure);
        });
    return slot;
}

Failure* failure_of(const SSL_CTX* context) {
    return static_cast<Failure*>(SSL_CTX_get_ex_data(context, failure_slot()));
}

std::string words_for(int verdict, const std::string& host) {
    switch (verdict) {
        case X509_V_ERR_CERT_HAS_EXPIRED:
            return "the broker's certificate has expired: renew it";
        case X509_V_ERR_CERT_NOT_YET_VALID:
            return "the broker's certificate is not valid yet: is this machine's clock right?";
        case X509_V_ERR_HOSTNAME_MISMATCH:
        case X509_V_ERR_IP_ADDRESS_MISMATCH:
            return "the broker's certificate does not name " + host;
        case X509_V_ERR_CERT_REVOKED:
            return "the broker's certificate is revoked";
        case X509_V_ERR_INVALID_PURPOSE:
            return "what the broker shows is no certificate of a server";
        default:
            return std::string{
                       "the broker's certificate is not by the authority in tls_ca_file ("} +
                   X509_verify_cert_error_string(verdict) + ")";
    }
}

int judge_broker(int is_good, X509_STORE_CTX* chain) {
    if (is_good == 1) return is_good;
    const auto* const connection =
        static_cast<SSL*>(X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx()));
    Failure* const failure = failure_of(SSL_get_SSL_CTX(connection));
    failure->why = words_for(X509_STORE_CTX_get_error(chain), failure->host);
    return is_good;
}

// What the broker thinks of us it says in an alert, with TLS 1.3 after the handshake.
void hear_alert(const SSL* connection, int where, int alert) {
    if ((where & SSL_CB_READ_ALERT) != SSL_CB_READ_ALERT || (alert & 0xff) == SSL_AD_CLOSE_NOTIFY)
        return;
    Failure* const failure = failure_of(SSL_get_SSL_CTX(connection));
    failure->why =
        std::string{"the broker refuses our certificate: "} + SSL_alert_desc_string_long(alert);
}

std::string objection_to_our_own(SSL_CTX* context) {
    const X509* const own = SSL_CTX_get0_certificate(context);
    if (own == nullptr) return {};
    if (X509_cmp_current_time(X509_get0_notAfter(own)) < 0)
        return "has expired: renew it (bitgrid ca renew)";
    if (X509_cmp_current_time(X509_get0_notBefore(own)) > 0)
        return "is not valid yet: is this machine's clock right?";
    return {};
}

}  // namespace

core::Result<std::shared_ptr<SSL_CTX>> make_tls(const MqttConfig& config) {
    const std::shared_ptr<SSL_CTX> context{SSL_CTX_new(TLS_client_method()), SSL_CTX_free};
    if (!context) return unusable("the library");
    SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    SSL_CTX_set_ex_data(context.get(), failure_slot(), new Failure{config.host, ""});
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, judge_broker);
    SSL_CTX_set_info_callback(context.get(), hear_alert);
    SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE);
    const std::string& authority = config.tls_ca_file;
    if (authority.empty() ? SSL_CTX_set_default_verify_paths(context.get()) != 1
                          : SSL_CTX_load_verify_file(context.get(), authority.c_str()) != 1)
        return unusable(authority.empty() ? "the system's store" : authority);
    if (!config.tls_certificate_file.empty()) {
        if (SSL_CTX_use_certificate_chain_file(context.get(),
                                               config.tls_certificate_file.c_str()) != 1)
            return unusable(config.tls_certificate_file);
        if (SSL_CTX_use_PrivateKey_file(context.get(), config.tls_key_file.c_str(),
                                        SSL_FILETYPE_PEM) != 1)
            return unusable(config.tls_key_file);
        if (const std::string wrong = objection_to_our_own(context.get()); !wrong.empty())
            return core::Error{
                core::ErrorCode::BadInput,
                "TLS: our own certificate, " + config.tls_certificate_file + ", " + wrong};
    }
    if (!expect_name(context.get(), config.host)) return unusable("the host's name");
    return context;
}

std::string tls_failure(const SSL_CTX* context) {
    const Failure* const failure = context == nullptr ? nullptr : failure_of(context);
    return failure == nullptr ? std::string{} : failure->why;
}

}  // namespace bitgrid::adapters
