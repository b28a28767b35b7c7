// Any bytes as a miner's reply to `estats`: what is read of it is finite and means something.
#include "adapters/cgminer/cgminer_reply.hpp"

#include <cmath>
#include <cstdint>
#include <cstdlib>

#include "adapters/cgminer/avalon_reading.hpp"

using namespace bitgrid::adapters::cgminer;

namespace {

void demand(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto reply = read_reply({reinterpret_cast<const char*>(data), size});
    if (!reply) return 0;
    demand(reply->message.size() <= 200);
    demand(!reply->when || std::isfinite(*reply->when));
    (void)reply->is_done();
    const auto reading = read_avalon(reply->json);
    if (!reading) return 0;
    demand(!reading->temp_c || (std::isfinite(*reading->temp_c) && *reading->temp_c > 0));
    demand(!reading->power_w || (std::isfinite(*reading->power_w) && *reading->power_w > 0));
    demand(!reading->hashrate_ths || *reading->hashrate_ths >= 0);
    return 0;
}
