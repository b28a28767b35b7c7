#include "accounts/secret.hpp"

#include <sodium.h>

#include <array>

namespace bitgrid::accounts {

Secret& Secret::operator=(Secret&& other) noexcept {
    if (this == &other) return *this;
    wipe(text_);
    text_ = std::move(other.text_);
    wipe(other.text_);
    return *this;
}

void Secret::wipe(std::string& text) noexcept {
    sodium_memzero(text.data(), text.size());
    text.clear();
}

std::string random_secret(std::string_view prefix) {
    std::array<unsigned char, 32> bytes{};
    randombytes_buf(bytes.data(), bytes.size());
    constexpr int kVariant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
    std::array<char, sodium_base64_ENCODED_LEN(32, kVariant)> text{};
    sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), kVariant);
    sodium_memzero(bytes.data(), bytes.size());
    return std::string{prefix} + text.data();
}

}  // namespace bitgrid::accounts
