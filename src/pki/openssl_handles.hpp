#pragma once
// OpenSSL's objects as values that free themselves, and why a call of the library failed.
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

#include "core/result.hpp"

namespace bitgrid::pki {

template <auto Free>
struct Freed {
    template <class T>
    void operator()(T* object) const {
        Free(object);
    }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using X509Ptr = std::unique_ptr<X509, Freed<X509_free>>;
using CrlPtr = std::unique_ptr<X509_CRL, Freed<X509_CRL_free>>;
using BioPtr = std::unique_ptr<BIO, Freed<BIO_free_all>>;

/// Reads what `text` holds; it must outlive the handle.
inline BioPtr reading(std::string_view text) {
    return BioPtr{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
}
inline BioPtr writing() { return BioPtr{BIO_new(BIO_s_mem())}; }
inline std::string text_of(const BioPtr& bio) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

}  // namespace bitgrid::pki
