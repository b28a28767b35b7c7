// Any bytes as an age file: refused with words, or a header that is written and read the same
// again. No work is done for a passphrase.
#include "crypto/age_header.hpp"

#include <cstdint>
#include <cstdlib>

using namespace bitgrid::crypto;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto read = age::read_header({reinterpret_cast<const char*>(data), size});
    if (!read) {
        if (read.error().what.empty()) std::abort();
        return 0;
    }
    if (!*read) return 0;
    const age::Header& header = **read;
    if (header.length > size || header.stanzas.size() > age::kMostStanzas) std::abort();
    if (age::write_header(header.stanzas) != header.summed) std::abort();
    return 0;
}
