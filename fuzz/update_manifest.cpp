// Any bytes as the manifest of an update: refused with words, or read, and then only plain paths
// below its folders, within bounds, and the same when it is written and read again.
#include <cstdint>
#include <cstdlib>

#include "update/manifest.hpp"

using namespace bitgrid::update;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto read = read_manifest({reinterpret_cast<const char*>(data), size});
    if (!read) {
        if (read.error().what.empty()) std::abort();
        return 0;
    }
    if (read->bytes() < 0 || read->bytes() > kMostBytes) std::abort();
    for (const File& file : read->files)
        if (!is_place_in_update(file.path) || file.path.find("..") == 0 || file.bytes < 0)
            std::abort();
    const auto again = read_manifest(text_of(*read));
    if (!again || *again != *read) std::abort();
    return 0;
}
