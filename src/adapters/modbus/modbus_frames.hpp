#pragma once
// Modbus/TCP as bytes: requests into frames, frames into values. Addresses are the zero-based ones
// on the wire. Pure and bounded: hostile bytes become errors that name what is wrong, never more.
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "core/result.hpp"

namespace bitgrid::adapters::modbus {

enum class Function : std::uint8_t {
    ReadCoils = 1,
    ReadDiscreteInputs = 2,
    ReadHoldingRegisters = 3,
    ReadInputRegisters = 4,
    WriteCoil = 5,
    WriteRegister = 6,
    WriteCoils = 15,
    WriteRegisters = 16,
};

using Words = std::vector<std::uint16_t>;
using Bytes = std::vector<std::uint8_t>;

inline constexpr std::size_t kHeaderSize = 7;
inline constexpr std::uint16_t kMostRegistersRead = 125;
inline constexpr std::uint16_t kMostRegistersWritten = 123;
inline constexpr std::uint16_t kMostCoilsRead = 2000;
inline constexpr std::uint16_t kMostCoilsWritten = 1968;

struct Request {
    std::uint8_t unit{1};
    Function function{Function::ReadHoldingRegisters};
    std::uint16_t address{0};
    std::uint16_t count{1};  ///< registers or coils to read; writes count their values
    Words values;            ///< to write; a coil is 0 or 1
};

/// The seven bytes before a PDU (MBAP).
struct Header {
    std::uint16_t transaction{};
    std::uint8_t unit{};
    std::uint16_t pdu_size{};  ///< bytes that follow, 1 to 253
};

/// BadInput where the request is none that Modbus can carry.
core::Result<Bytes> encode(const Request&, std::uint16_t transaction);

/// Damaged where these bytes begin no Modbus/TCP frame; the stream is then out of step for good.
core::Result<Header> decode_header(std::span<const std::uint8_t, kHeaderSize>);

/// What the answer to `request` says: registers, coils as 0 or 1, nothing for a confirmed write.
/// Exceptions by name: NotFound (2: illegal data address), Refused (1, 3, 4), Unavailable (5, 6),
/// Unreachable (10, 11: behind a gateway). Damaged where it is no answer to this request.
core::Result<Words> decode_reply(const Request& request, std::uint8_t unit,
                                 std::span<const std::uint8_t> pdu);

}  // namespace bitgrid::adapters::modbus
