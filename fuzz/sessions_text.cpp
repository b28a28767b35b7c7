// Any bytes as the file of the sessions: refused, or read, and then written and read the same
// again.
#include <cstdint>
#include <cstdlib>

#include "accounts/sessions.hpp"

using namespace bitgrid;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    accounts::Sessions sessions, again;
    if (!sessions.read({reinterpret_cast<const char*>(data), size})) return 0;
    if (sessions.all().size() > accounts::Sessions::kMost) std::abort();
    if (!again.read(sessions.text()) || again.all() != sessions.all()) std::abort();
    for (const auto& [hash, one] : sessions.all()) (void)again.by_hash(hash, one.seen);
    return 0;
}
