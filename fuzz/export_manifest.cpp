// Any bytes as an export's zip file, and as its manifest: what is wrong with it or what is in it,
// within bounds, never a file outside its folder.
// mutations: 5000
#include "archive/export_manifest.hpp"

#include <cstdint>
#include <cstdlib>

#include "archive/zip_file.hpp"

using namespace bitgrid;

namespace {

void require(bool claim) {
    if (!claim) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes{reinterpret_cast<const char*>(data), size};
    if (const auto listed = archive::list_zip_in(bytes); listed) {
        std::int64_t total = 0;
        for (const archive::ZipEntry& entry : *listed) {
            require(archive::is_plain_path(entry.path));
            require(entry.path.front() != '/' && entry.path.find("..") != 0);
            total += entry.bytes;
        }
        require(total <= static_cast<std::int64_t>(size));
    } else {
        require(!listed.error().what.empty());
    }
    const auto manifest = archive::read_manifest(bytes);
    if (!manifest) {
        require(!manifest.error().what.empty());
        return 0;
    }
    for (const archive::ExportFile& file : manifest->files)
        require(archive::is_plain_path(file.path) && file.rows >= 0 && file.bytes >= 0);
    const auto again = archive::read_manifest(archive::text_of(*manifest));
    require(again && *again == *manifest);
    return 0;
}
