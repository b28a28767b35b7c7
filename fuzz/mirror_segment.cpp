// Any bytes as a segment of the mirror: whoever carries it wrote it. What is taken for a signed
// segment carries a signature of the key that it names; what opens is what was sealed.
#include <cstdint>
#include <cstdlib>

#include "mirror/progress.hpp"
#include "mirror/segment.hpp"

using namespace bitgrid;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const crypto::RecipientSecret secret = [] {
        auto made = crypto::RecipientSecret::make();
        return std::move(made).value();
    }();
    const std::string_view bytes{reinterpret_cast<const char*>(data), size};
    const auto head = mirror::checked_head(bytes);
    if (head && (head->number == 0 || head->slots.empty() || head->body_bytes > size)) std::abort();
    if (mirror::open(bytes, secret)) std::abort();  // nothing of it was sealed for a new key
    const auto progress = mirror::progress_from_text(bytes);
    if (progress && *mirror::progress_from_text(mirror::text_of(*progress)) != *progress)
        std::abort();
    (void)crypto::recipient_key_from_text(bytes);
    return 0;
}
