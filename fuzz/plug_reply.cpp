// Any bytes as an answer of the first Shellys and of Tasmota.
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "adapters/shelly/shelly_reply.hpp"
#include "adapters/tasmota/tasmota_reply.hpp"
#include "wire/bounded_json.hpp"

using namespace bitgrid;
using namespace bitgrid::adapters;

static void must_be_finite(std::optional<double> value) {
    if (value && !std::isfinite(*value)) std::abort();
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    WebReply reply;
    reply.status = 200;
    reply.body = text;
    if (auto json = wire::parse_json(text, {65'536, 16})) reply.json = std::move(*json);
    if (const auto gen1 = shelly::read_gen1(reply)) {
        for (const std::size_t channel : {std::size_t{0}, std::size_t{3}}) {
            const auto status = shelly::read_gen1_status(*gen1, channel);
            if (!status) continue;
            must_be_finite(status->power_w);
            must_be_finite(status->timer_s);
            if (status->timer_s && *status->timer_s < 0) std::abort();
        }
    }
    const auto answer = tasmota::read_answer(reply);
    if (!answer) return 0;
    static_cast<void>(tasmota::read_power_state(*answer, 1));
    must_be_finite(tasmota::read_watts(*answer));
    if (const auto timer = tasmota::read_pulse_time(*answer, 1)) {
        must_be_finite(timer->left_s);
        if (timer->left_s < 0 || !(timer->set_code >= 0 && timer->set_code <= 65'535)) std::abort();
    }
    return 0;
}
