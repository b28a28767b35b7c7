// Any text as heads.txt: nothing of it counts that the key of the first corpus file did not sign,
// in the order in which it was signed. mutations: 2000
#include <cstdint>
#include <cstdlib>

#include "archive/heads.hpp"

using namespace bitgrid;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const auto key = crypto::public_key_from_hex(
        "a900c39212ef314e01bb860023940e5c475fca89c4e1585ac31fdaebc9871b50");
    const std::string text{reinterpret_cast<const char*>(data), size};
    const auto heads = archive::parse_heads(text, "heads.txt", *key);
    if (!heads) {
        if (!heads.error().what.starts_with("heads.txt")) std::abort();
        return 0;
    }
    std::int64_t last = 0;
    for (const archive::Seal& seal : heads->seals) {
        if (seal.first != last + 1 || seal.last < seal.first) std::abort();
        for (const archive::SealedFile& file : seal.files)
            if (file.path.starts_with('/') || file.path.find("..") != std::string::npos)
                std::abort();
        last = seal.last;
    }
    return 0;
}
