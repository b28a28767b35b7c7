// Any words as a SunSpec device: the walk must end, and no model may yield a number that is none.
#include "adapters/modbus/sunspec.hpp"

#include <cmath>
#include <cstdlib>

using namespace bitgrid::adapters::sunspec;

namespace {

void demand_finite(const std::optional<double>& value) {
    if (value && !std::isfinite(*value)) std::abort();
}

void read_as_everything(const ModelWords& model) {
    (void)read_common(model);
    demand_finite(read_inverter(model).ac_w);
    demand_finite(read_meter_w(model));
    demand_finite(read_storage_soc(model));
    demand_finite(read_battery(model).power_w);
    demand_finite(read_strings(model).pv_w);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::vector<std::uint16_t> words(size / 2);
    for (std::size_t i = 0; i < words.size(); ++i)
        words[i] = static_cast<std::uint16_t>((data[2 * i] << 8) | data[2 * i + 1]);
    read_as_everything(ModelWords{words});

    ChainWalk walk;
    std::size_t at = 0;
    while (walk.next()) {
        if (at + 2 > words.size()) {
            walk.refuse();
            continue;
        }
        walk.take(std::span{words}.subspan(at, 2));
        at += 2;
    }
    (void)walk.places();
    return 0;
}
