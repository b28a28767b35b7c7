#pragma once
// SHA-256 of what must not change: the links of the journal's chain, files, texts. Any thread.
#include <openssl/types.h>

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace bitgrid::crypto {

using Bytes = std::span<const unsigned char>;
using Hash = std::array<unsigned char, 32>;

/// Of what comes in pieces.
class Sha256 {
public:
    Sha256();
    void add(const void* data, std::size_t size);
    Hash finish();  ///< and begins anew

private:
    struct Free {
        void operator()(EVP_MD_CTX* context) const;
    };
    std::unique_ptr<EVP_MD_CTX, Free> context_;
};

Hash sha256(std::string_view);
std::string sha256_hex(std::string_view);  ///< lower case

/// SHA-256(previous hash, 32 raw bytes, then the canonical bytes). Before the first: 32 zero bytes.
Hash link(const Hash& previous, std::string_view canonical);

/// Of a whole file, read in pieces. Unavailable names the file.
core::Result<Hash> sha256_of_file(const std::string& path);

std::string hex(Bytes);  ///< lower case
Hash hash_of(Bytes);     ///< all zero where it has not 32 bytes
/// BadInput where it is not 64 hex digits.
core::Result<Hash> hash_from_hex(std::string_view);

}  // namespace bitgrid::crypto
