// Any bytes as a reply of a CGMiner: what is mended must be JSON, and bounded.
#include "adapters/cgminer/json_repair.hpp"

#include <cstdint>
#include <cstdlib>

#include "adapters/cgminer/bracket_text.hpp"
#include "wire/bounded_json.hpp"

using namespace bitgrid;
using namespace bitgrid::adapters::cgminer;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view reply{reinterpret_cast<const char*>(data), size};
    const BracketText text{reply};
    (void)text.number("TMax");
    (void)text.number("PS", 6);
    const auto mended = mend_json(reply);
    if (!mended) return 0;
    // A byte becomes at most six: three of U+FFFD, an escape, a null.
    if (mended->text.size() > 6 * size + 64) std::abort();
    const auto json = wire::parse_json(mended->text, {mended->text.size(), 40});
    // A key that stands twice is the parser's to refuse; everything else must have been mended.
    if (!json && json.error().what.find("stands twice") == std::string::npos) std::abort();
    return 0;
}
