#pragma once
// The key of one age file, wrapped for those who may read it, one stanza each. Any thread.
// Source: https://c2sp.org/age, "Native recipient types"
#include "crypto/age.hpp"
#include "crypto/age_header.hpp"
#include "crypto/bech32.hpp"

namespace bitgrid::crypto::age {

/// Wipes itself.
struct FileKey {
    std::array<unsigned char, 16> bytes{};

    static FileKey fresh();
    FileKey() = default;
    FileKey(const FileKey&) = default;
    FileKey& operator=(const FileKey&) = default;
    ~FileKey();
    std::string_view text() const {
        return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    }
};

inline const unsigned char* raw(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

/// HKDF-SHA256, 32 bytes. Source: RFC 5869.
KeyBytes derived(std::string_view key, std::string_view salt, std::string_view info);

/// BadInput: no recipient, or a lock that is none.
core::Result<std::vector<Stanza>> wrap(const FileKey&, const Lock&);
/// Checks the header's sum as well. Refused: the key fits no stanza. Damaged: the header was
/// changed. TooLarge: it wants more work than kMostWorkFactor.
core::Result<FileKey> unwrap(const Header&, const Key&);
KeyBytes header_sum(const FileKey&, std::string_view summed);

}  // namespace bitgrid::crypto::age
