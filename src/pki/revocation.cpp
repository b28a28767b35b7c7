#include "pki/revocation.hpp"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <ctime>

#include "pki/openssl_handles.hpp"

namespace bitgrid::pki {
namespace {

constexpr std::size_t kMostListBytes = 1 << 20;

core::Error no_list() { return {core::ErrorCode::Unavailable, "OpenSSL: no list of revocations"}; }
core::Error damaged_list(const char* what) { return {core::ErrorCode::Damaged, what}; }

class Time {
public:
    explicit Time(core::UnixTime time)
        : time_{ASN1_TIME_set(nullptr, static_cast<std::time_t>(time.ms / 1'000))} {}
    Time(const Time&) = delete;
    Time& operator=(const Time&) = delete;
    ~Time() { ASN1_TIME_free(time_); }
    ASN1_TIME* get() const { return time_; }

private:
    ASN1_TIME* time_;
};

bool add(X509_CRL* list, const Revoked& revoked) {
    BIGNUM* number = nullptr;
    X509_REVOKED* entry = X509_REVOKED_new();
    const Time at{revoked.at};
    bool is_added = entry != nullptr && BN_hex2bn(&number, revoked.serial.c_str()) > 0;
    if (is_added) {
        ASN1_INTEGER* serial = BN_to_ASN1_INTEGER(number, nullptr);
        is_added = serial != nullptr && X509_REVOKED_set_serialNumber(entry, serial) == 1 &&
                   X509_REVOKED_set_revocationDate(entry, at.get()) == 1 &&
                   X509_CRL_add0_revoked(list, entry) == 1;
        ASN1_INTEGER_free(serial);
    }
    BN_free(number);
    if (!is_added) X509_REVOKED_free(entry);
    return is_added;
}

bool add_extensions(X509_CRL* list, X509* issuer, std::size_t count) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, nullptr, nullptr, list, 0);
    X509_EXTENSION* extension =
        X509V3_EXT_conf_nid(nullptr, &context, NID_authority_key_identifier, "keyid:always");
    bool is_added = extension != nullptr && X509_CRL_add_ext(list, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    ASN1_INTEGER* number = ASN1_INTEGER_new();
    is_added = is_added && ASN1_INTEGER_set_uint64(number, count + 1) == 1 &&
               X509_CRL_add1_ext_i2d(list, NID_crl_number, number, 0, 0) == 1;
    ASN1_INTEGER_free(number);
    return is_added;
}

}  // namespace

core::Result<std::string> make_revocations(const Pair& authority,
                                           const std::vector<Revoked>& revoked,
                                           core::UnixTime now) {
    const auto known = read_certificate(authority.certificate);
    if (!known) return known.error();
    const X509Ptr issuer{
        PEM_read_bio_X509(reading(authority.certificate).get(), nullptr, nullptr, nullptr)};
    const Key key{PEM_read_bio_PrivateKey(
        reading(authority.key).get(), nullptr, [](char*, int, int, void*) { return 0; }, nullptr)};
    if (!key) return damaged_list("no private key in PEM");
    const CrlPtr list{X509_CRL_new()};
    const Time from{now}, until{known->valid.until};
    if (!list || X509_CRL_set_version(list.get(), X509_CRL_VERSION_2) != 1 ||
        X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(issuer.get())) != 1 ||
        X509_CRL_set1_lastUpdate(list.get(), from.get()) != 1 ||
        X509_CRL_set1_nextUpdate(list.get(), until.get()) != 1)
        return no_list();
    for (const Revoked& one : revoked)
        if (!add(list.get(), one)) return no_list();
    X509_CRL_sort(list.get());
    const BioPtr out = writing();
    if (!add_extensions(list.get(), issuer.get(), revoked.size()) ||
        X509_CRL_sign(list.get(), key.get(), EVP_sha256()) == 0 ||
        PEM_write_bio_X509_CRL(out.get(), list.get()) != 1)
        return no_list();
    return text_of(out);
}

core::Result<std::vector<Revoked>> read_revocations(std::string_view pem) {
    if (pem.size() > kMostListBytes)
        return damaged_list("a list of revocations of more than 1 MiB");
    const CrlPtr list{PEM_read_bio_X509_CRL(reading(pem).get(), nullptr, nullptr, nullptr)};
    if (!list) return damaged_list("no list of revocations in PEM");
    std::vector<Revoked> revoked;
    const STACK_OF(X509_REVOKED)* entries = X509_CRL_get_REVOKED(list.get());
    for (int i = 0; i < sk_X509_REVOKED_num(entries); ++i) {
        const X509_REVOKED* entry = sk_X509_REVOKED_value(entries, i);
        std::tm parts{};
        ASN1_TIME_to_tm(X509_REVOKED_get0_revocationDate(entry), &parts);
        BIGNUM* number = ASN1_INTEGER_to_BN(X509_REVOKED_get0_serialNumber(entry), nullptr);
        char* hex = BN_bn2hex(number);
        std::string serial{hex == nullptr ? "" : hex};
        OPENSSL_free(hex);
        BN_free(number);
        std::transform(serial.begin(), serial.end(), serial.begin(),
                       [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c; });
        revoked.push_back({std::move(serial), {static_cast<std::int64_t>(timegm(&parts)) * 1'000}});
    }
    return revoked;
}

}  // namespace bitgrid::pki
