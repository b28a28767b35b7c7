#include "pki/certificate.hpp"

#include <arpa/inet.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <ctime>

#include "pki/openssl_handles.hpp"

namespace bitgrid::pki {
namespace {

constexpr std::size_t kMostPemBytes = 65'536;
constexpr std::size_t kMostHosts = 20;
constexpr int kSerialBytes = 16;

core::Error failed(const char* what) {
    return {core::ErrorCode::Unavailable, std::string{"OpenSSL: "} + what};
}
core::Error damaged(const char* what) { return {core::ErrorCode::Damaged, what}; }

bool is_address(const std::string& host) {
    std::array<unsigned char, 16> bytes{};
    return inet_pton(AF_INET, host.c_str(), bytes.data()) == 1 ||
           inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1;
}

core::Result<Key> read_key(std::string_view pem) {
    if (pem.size() > kMostPemBytes) return damaged("a key of more than 64 KiB");
    // Never asks anybody for a passphrase.
    Key key{PEM_read_bio_PrivateKey(
        reading(pem).get(), nullptr, [](char*, int, int, void*) { return 0; }, nullptr)};
    if (!key) return damaged("no private key in PEM");
    return key;
}

core::Result<X509Ptr> read_x509(std::string_view pem) {
    if (pem.size() > kMostPemBytes) return damaged("a certificate of more than 64 KiB");
    X509Ptr certificate{PEM_read_bio_X509(reading(pem).get(), nullptr, nullptr, nullptr)};
    if (!certificate) return damaged("no certificate in PEM");
    return certificate;
}

bool set_serial(X509* certificate) {
    std::array<unsigned char, kSerialBytes> bytes{};
    if (RAND_bytes(bytes.data(), kSerialBytes) != 1) return false;
    bytes[0] = static_cast<unsigned char>((bytes[0] & 0x7f) | 0x40);  // positive, of full length
    BIGNUM* number = BN_bin2bn(bytes.data(), kSerialBytes, nullptr);
    const bool is_set = number != nullptr &&
                        BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != nullptr;
    BN_free(number);
    return is_set;
}

bool set_time(ASN1_TIME* place, core::UnixTime time) {
    return ASN1_TIME_set(place, static_cast<std::time_t>(time.ms / 1'000)) != nullptr;
}

bool set_name(X509* certificate, const std::string& name) {
    X509_NAME* subject = X509_get_subject_name(certificate);
    return X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                                      reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1,
                                      0) == 1;
}

bool add_extension(X509* certificate, X509* issuer, int nid, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
    const bool is_added = extension != nullptr && X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return is_added;
}

std::string alternative_names(const std::vector<std::string>& hosts) {
    std::string text;
    for (const std::string& host : hosts)
        text += (text.empty() ? "" : ",") + std::string{is_address(host) ? "IP:" : "DNS:"} + host;
    return text;
}

// A client's certificate must not pass for a server, nor a server's for a client.
bool add_extensions(X509* certificate, X509* issuer, const Wanted& wanted) {
    const bool is_authority = wanted.purpose == Purpose::Authority;
    const bool is_server = wanted.purpose == Purpose::Server;
    const auto add = [&](int nid, const std::string& value) {
        return add_extension(certificate, issuer, nid, value);
    };
    return add(NID_basic_constraints,
               is_authority ? "critical,CA:TRUE,pathlen:0" : "critical,CA:FALSE") &&
           add(NID_key_usage,
               is_authority ? "critical,keyCertSign,cRLSign" : "critical,digitalSignature") &&
           add(NID_subject_key_identifier, "hash") &&
           (is_authority || (add(NID_authority_key_identifier, "keyid:always") &&
                             add(NID_ext_key_usage, is_server ? "serverAuth" : "clientAuth"))) &&
           (!is_server || add(NID_subject_alt_name, alternative_names(wanted.hosts)));
}

core::Result<std::string> pem_of(X509* certificate) {
    const BioPtr out = writing();
    if (PEM_write_bio_X509(out.get(), certificate) != 1) return failed("no PEM");
    return text_of(out);
}

core::Result<X509Ptr> blank(EVP_PKEY* key, const Wanted& wanted) {
    for (const std::string& host : wanted.hosts)
        if (const std::string wrong = objection_to_host(host); !wrong.empty())
            return core::Error{core::ErrorCode::BadInput, wrong};
    if (wanted.hosts.size() > kMostHosts ||
        (wanted.purpose == Purpose::Server) == wanted.hosts.empty())
        return core::Error{core::ErrorCode::BadInput,
                           "a server has 1 to 20 names and addresses, nobody else has any"};
    X509Ptr certificate{X509_new()};
    X509* const raw = certificate.get();
    const bool is_made = raw != nullptr && X509_set_version(raw, X509_VERSION_3) == 1 &&
                         set_serial(raw) && set_time(X509_getm_notBefore(raw), wanted.valid.from) &&
                         set_time(X509_getm_notAfter(raw), wanted.valid.until) &&
                         X509_set_pubkey(raw, key) == 1 && set_name(raw, wanted.name);
    if (!is_made) return failed("no certificate can be made");
    return certificate;
}

core::UnixTime time_of(const ASN1_TIME* time) {
    std::tm parts{};
    if (ASN1_TIME_to_tm(time, &parts) != 1) return {};
    return {static_cast<std::int64_t>(timegm(&parts)) * 1'000};
}

std::string serial_of(const X509* certificate) {
    BIGNUM* number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nullptr);
    char* hex = BN_bn2hex(number);
    std::string text{hex == nullptr ? "" : hex};
    OPENSSL_free(hex);
    BN_free(number);
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c; });
    return text;
}

std::string text_of_address(const ASN1_OCTET_STRING* address) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    const int size = ASN1_STRING_length(address);
    const int family = size == 4 ? AF_INET : AF_INET6;
    if (size != 4 && size != 16) return {};
    inet_ntop(family, ASN1_STRING_get0_data(address), text.data(), text.size());
    return text.data();
}

std::vector<std::string> hosts_of(X509* certificate) {
    std::vector<std::string> hosts;
    auto* names = static_cast<GENERAL_NAMES*>(
        X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
    for (int i = 0; i < sk_GENERAL_NAME_num(names); ++i) {
        const GENERAL_NAME* name = sk_GENERAL_NAME_value(names, i);
        if (name->type == GEN_DNS)
            hosts.emplace_back(
                reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.dNSName)),
                static_cast<std::size_t>(ASN1_STRING_length(name->d.dNSName)));
        if (name->type == GEN_IPADD) hosts.push_back(text_of_address(name->d.iPAddress));
    }
    GENERAL_NAMES_free(names);
    return hosts;
}

std::string fingerprint_of(const X509* certificate) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    X509_digest(certificate, EVP_sha256(), digest.data(), &size);
    std::string text;
    for (unsigned i = 0; i < size; ++i) {
        constexpr char kDigits[] = "0123456789abcdef";
        text += kDigits[digest[i] >> 4];
        text += kDigits[digest[i] & 15];
    }
    return text;
}

}  // namespace

std::string objection_to_host(const std::string& host) {
    const bool is_plain = std::all_of(host.begin(), host.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '.';
    });
    const bool is_name = is_plain && !host.empty() && host.size() <= 253 && host.front() != '.' &&
                         host.front() != '-' && host.find("..") == std::string::npos;
    if (is_name || is_address(host)) return {};
    return "found \"" + host.substr(0, 60) +
           "\"; a name of letters, digits, - and dots, or an IPv4 or IPv6 address is allowed";
}

core::Result<std::string> make_key() {
    const Key key{EVP_EC_gen("P-256")};
    const BioPtr out = writing();
    if (!key || PEM_write_bio_PKCS8PrivateKey(out.get(), key.get(), nullptr, nullptr, 0, nullptr,
                                              nullptr) != 1)
        return failed("no key can be made");
    return text_of(out);
}

core::Result<std::string> make_authority(const std::string& key, const Wanted& wanted) {
    const auto own = read_key(key);
    if (!own) return own.error();
    auto certificate = blank(own->get(), wanted);
    if (!certificate) return certificate.error();
    X509* const raw = certificate->get();
    if (X509_set_issuer_name(raw, X509_get_subject_name(raw)) != 1 ||
        !add_extensions(raw, raw, wanted) || X509_sign(raw, own->get(), EVP_sha256()) == 0)
        return failed("it signs nothing");
    return pem_of(raw);
}

core::Result<std::string> sign(const Pair& authority, const std::string& key,
                               const Wanted& wanted) {
    const auto issuer = read_x509(authority.certificate);
    if (!issuer) return issuer.error();
    const auto signing = read_key(authority.key);
    if (!signing) return signing.error();
    const auto own = read_key(key);
    if (!own) return own.error();
    auto certificate = blank(own->get(), wanted);
    if (!certificate) return certificate.error();
    X509* const raw = certificate->get();
    if (X509_set_issuer_name(raw, X509_get_subject_name(issuer->get())) != 1 ||
        !add_extensions(raw, issuer->get(), wanted) ||
        X509_sign(raw, signing->get(), EVP_sha256()) == 0)
        return failed("it signs nothing");
    return pem_of(raw);
}

core::Result<Certificate> read_certificate(std::string_view pem) {
    const auto read = read_x509(pem);
    if (!read) return read.error();
    X509* const raw = read->get();
    std::array<char, 128> name{};
    X509_NAME_get_text_by_NID(X509_get_subject_name(raw), NID_commonName, name.data(),
                              static_cast<int>(name.size()));
    Certificate certificate;
    certificate.name = name.data();
    const std::uint32_t uses = X509_get_extended_key_usage(raw);
    const bool is_server = uses != UINT32_MAX && (uses & XKU_SSL_SERVER) != 0;
    certificate.purpose = X509_check_ca(raw) == 1 ? Purpose::Authority
                          : is_server             ? Purpose::Server
                                                  : Purpose::Client;
    certificate.serial = serial_of(raw);
    certificate.valid = {time_of(X509_get0_notBefore(raw)), time_of(X509_get0_notAfter(raw))};
    certificate.hosts = hosts_of(raw);
    certificate.fingerprint = fingerprint_of(raw);
    return certificate;
}

bool belongs_to(std::string_view key, std::string_view certificate) {
    const auto secret = read_key(key);
    const auto open = read_x509(certificate);
    return secret && open && X509_check_private_key(open->get(), secret->get()) == 1;
}

bool is_signed_by(std::string_view authority, std::string_view certificate) {
    const auto issuer = read_x509(authority);
    const auto signed_one = read_x509(certificate);
    return issuer && signed_one &&
           X509_verify(signed_one->get(), X509_get0_pubkey(issuer->get())) == 1;
}

}  // namespace bitgrid::pki
