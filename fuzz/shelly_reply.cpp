// Any bytes as a plug's answer, and as its wish for a login.
#include "adapters/shelly/shelly_reply.hpp"

#include <cmath>
#include <cstdint>
#include <cstdlib>

#include "adapters/digest_challenge.hpp"
#include "wire/bounded_json.hpp"

using namespace bitgrid;
using namespace bitgrid::adapters;

// Our own header must stay one line, whatever the challenge said.
static void log_in(std::string_view header) {
    const auto challenge = read_challenge(header);
    if (!challenge) return;
    const std::string all = challenge->realm + challenge->nonce + challenge->opaque;
    if (all.find_first_of("\r\n\"\\") != std::string::npos) std::abort();
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    log_in(text);
    WebReply reply;
    reply.status = size > 0 && data[0] == ' ' ? 500 : 200;
    reply.body = text;
    if (auto json = wire::parse_json(text, {65'536, 16})) reply.json = std::move(*json);
    const auto result = shelly::read_result(reply);
    if (!result) return 0;
    const auto status = shelly::read_switch_status(*result);
    if (status && status->power_w && !std::isfinite(*status->power_w)) std::abort();
    return 0;
}
