// Any bytes as the manifest of a backup: refused with words, or read, and then only paths below its
// folder, and the same when it is written and read again.
#include <cstdint>
#include <cstdlib>

#include "backup/manifest.hpp"

using namespace bitgrid::backup;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto read = read_manifest({reinterpret_cast<const char*>(data), size});
    if (!read) {
        if (read.error().what.empty()) std::abort();
        return 0;
    }
    for (const Entry& entry : read->files)
        if (entry.path.starts_with('/') || entry.path.find("..") == 0 || entry.bytes < 0)
            std::abort();
    const auto again = read_manifest(manifest_text(*read));
    if (!again || *again != *read) std::abort();
    return 0;
}
