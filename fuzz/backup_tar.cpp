// Any bytes as the packed files of a backup: refused with words, or plain files, which are the same
// when they are packed and read again.
#include <cstdint>
#include <cstdlib>

#include "backup/tar.hpp"

using namespace bitgrid::backup;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto read = unpack({reinterpret_cast<const char*>(data), size});
    if (!read) {
        if (read.error().what.empty()) std::abort();
        return 0;
    }
    const auto packed = pack(*read);
    if (!packed) std::abort();
    const auto again = unpack(*packed);
    if (!again || *again != *read) std::abort();
    return 0;
}
