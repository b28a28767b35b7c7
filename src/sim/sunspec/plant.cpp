#include "sim/sunspec/plant.hpp"

#include <algorithm>

namespace bitgrid::sim {
namespace {

enum Function : std::uint8_t { kRead = 3, kWriteOne = 6, kWriteMany = 16 };
enum Exception : std::uint8_t { kBadFunction = 1, kBadAddress = 2, kBadValue = 3, kNoTarget = 11 };

// Points of model 124 that may be written.
constexpr std::uint16_t kMode = 5, kDischargeRate = 12, kChargeRate = 13, kRevert = 15,
                        kGridCharge = 17;

Pdu exception(std::uint8_t function, Exception code) {
    return {static_cast<std::uint8_t>(function | 0x80), code};
}

std::uint16_t word_at(const Pdu& pdu, std::size_t at) {
    return static_cast<std::uint16_t>((pdu[at] << 8) | pdu[at + 1]);
}

void put_word(Pdu& pdu, std::uint16_t word) {
    pdu.push_back(static_cast<std::uint8_t>(word >> 8));
    pdu.push_back(static_cast<std::uint8_t>(word & 0xFF));
}

std::optional<std::uint16_t> offset_in_storage(const SunSpecChain& chain, std::uint32_t address) {
    for (const ModelPlace& place : chain.places())
        if (place.id == 124 && address >= place.address && address < place.address + 26U)
            return static_cast<std::uint16_t>(address - place.address);
    return std::nullopt;
}

}  // namespace

const SunSpecChain* SunSpecPlant::chain(std::uint8_t unit) {
    if (unit != 1 && unit != 2 && unit != 200) return nullptr;
    Made& made = made_[unit];
    if (made.revision != house_.revision()) made = {house_.revision(), make_chain(unit)};
    return &made.chain;
}

SunSpecChain SunSpecPlant::make_chain(std::uint8_t unit) {
    SunSpecChain chain;
    add_common(chain, unit);
    if (unit != 200) add_inverter(chain, unit == 2);
    if (unit == 2) add_strings(chain);
    if (unit != 2) add_meter(chain);
    if (unit != 200) add_storage(chain);
    if (unit == 1) add_battery(chain);
    chain.end();
    return chain;
}

Pdu SunSpecPlant::answer(std::uint8_t unit, const Pdu& request) {
    house_.now();
    let_revert();
    if (request.empty()) return exception(0, kBadFunction);
    const SunSpecChain* found = chain(unit);
    if (!found) return exception(request[0], kNoTarget);
    if (request[0] == kRead) return read(*found, request);
    if (request[0] != kWriteOne && request[0] != kWriteMany)
        return exception(request[0], kBadFunction);
    const Pdu answer = write(*found, request);
    made_.clear();  // last: `found` was one of them
    return answer;
}

Pdu SunSpecPlant::read(const SunSpecChain& chain, const Pdu& request) const {
    if (request.size() != 5) return exception(kRead, kBadValue);
    const std::uint32_t address = word_at(request, 1);
    const std::uint32_t count = word_at(request, 3);
    if (count == 0 || count > 125) return exception(kRead, kBadValue);
    const std::uint32_t end = kSunSpecBase + static_cast<std::uint32_t>(chain.words().size());
    if (address < kSunSpecBase || address + count > end) return exception(kRead, kBadAddress);
    Pdu answer{kRead, static_cast<std::uint8_t>(2 * count)};
    for (std::uint32_t i = 0; i < count; ++i)
        put_word(answer, chain.words()[address - kSunSpecBase + i]);
    return answer;
}

Pdu SunSpecPlant::write(const SunSpecChain& chain, const Pdu& request) {
    const bool is_one = request[0] == kWriteOne;
    const std::size_t head = is_one ? 3 : 6;
    if (request.size() < head + 2) return exception(request[0], kBadValue);
    const std::uint32_t address = word_at(request, 1);
    const std::uint32_t count = is_one ? 1 : word_at(request, 3);
    if (count == 0 || count > 123 || request.size() != head + std::size_t{2} * count)
        return exception(request[0], kBadValue);
    for (std::uint32_t i = 0; i < count; ++i)
        if (!is_writable(chain, address + i)) return exception(request[0], kBadAddress);
    for (std::uint32_t i = 0; i < count; ++i)
        write_word(chain, address + i, word_at(request, head + std::size_t{2} * i));
    apply_storage();
    return {request.begin(), request.begin() + 5};
}

bool SunSpecPlant::is_writable(const SunSpecChain& chain, std::uint32_t address) const {
    const auto offset = offset_in_storage(chain, address);
    return offset && (*offset == kMode || *offset == kDischargeRate || *offset == kChargeRate ||
                      *offset == kRevert || *offset == kGridCharge);
}

void SunSpecPlant::write_word(const SunSpecChain& chain, std::uint32_t address,
                              std::uint16_t value) {
    switch (*offset_in_storage(chain, address)) {
        case kMode:
            storage_.mode = value & 3;
            break;
        case kDischargeRate:
            storage_.discharge_rate = static_cast<std::int16_t>(value);
            break;
        case kChargeRate:
            storage_.charge_rate = static_cast<std::int16_t>(value);
            break;
        case kRevert:
            storage_.revert_s = value;
            break;
        default:
            storage_.may_charge_from_grid = value;
            break;
    }
}

void SunSpecPlant::apply_storage() {
    BatteryLimits limits;
    if (storage_.mode & 1) limits.charge_share = std::clamp(storage_.charge_rate / 1e4, -1.0, 1.0);
    if (storage_.mode & 2)
        limits.discharge_share = std::clamp(storage_.discharge_rate / 1e4, -1.0, 1.0);
    house_.physics().battery.set_limits(limits);
    storage_.reverts_at.reset();
    if (storage_.mode != 0 && storage_.revert_s > 0)
        storage_.reverts_at = house_.physics().time() + storage_.revert_s * 1000LL;
}

void SunSpecPlant::let_revert() {
    if (!storage_.reverts_at || house_.physics().time() < *storage_.reverts_at) return;
    storage_ = {};
    apply_storage();
    made_.clear();
}

}  // namespace bitgrid::sim
