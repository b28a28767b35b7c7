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
    X509_VERIFY_PARAM_set_hostflags(expected, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return X509_VERIFY_PARAM_set1_host(expected, host.c_str(), host.size()) == 1;
}

}  // namespace

core::Result<std::shared_ptr<SSL_CTX>> make_tls(const MqttConfig& config) {
    const std::shared_ptr<SSL_CTX> context{SSL_CTX_new(TLS_client_method()), SSL_CTX_free};
    if (!context) return unusable("the library");
    SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
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
    }
    if (!expect_name(context.get(), config.host)) return unusable("the host's name");
    return context;
}

}  // namespace bitgrid::adapters
