#include "adapters/modbus/modbus_frames.hpp"

#include <string>

namespace bitgrid::adapters::modbus {
namespace {

using core::Error;
using core::ErrorCode;
using core::Result;

constexpr std::uint16_t kCoilOn = 0xFF00;
constexpr std::uint8_t kExceptionBit = 0x80;

struct Exception {
    std::uint8_t number;
    ErrorCode code;
    std::string_view name;
};

constexpr std::array<Exception, 9> kExceptions{{
    {1, ErrorCode::Refused, "illegal function"},
    {2, ErrorCode::NotFound, "illegal data address"},
    {3, ErrorCode::Refused, "illegal data value"},
    {4, ErrorCode::Refused, "device failure"},
    {5, ErrorCode::Unavailable, "acknowledged, still at work"},
    {6, ErrorCode::Unavailable, "busy"},
    {8, ErrorCode::Refused, "memory parity error"},
    {10, ErrorCode::Unreachable, "gateway path unavailable"},
    {11, ErrorCode::Unreachable, "gateway target does not answer"},
}};

Error damaged(std::string what) { return {ErrorCode::Damaged, "Modbus: " + std::move(what)}; }

Error out_of_range(std::string what) { return {ErrorCode::BadInput, "Modbus: " + std::move(what)}; }

void put(Bytes& bytes, std::uint16_t word) {
    bytes.push_back(static_cast<std::uint8_t>(word >> 8));
    bytes.push_back(static_cast<std::uint8_t>(word & 0xFF));
}

std::uint16_t word_at(std::span<const std::uint8_t> bytes, std::size_t at) {
    return static_cast<std::uint16_t>((bytes[at] << 8) | bytes[at + 1]);
}

bool is_write(Function f) { return f >= Function::WriteCoil; }
bool is_single(Function f) { return f == Function::WriteCoil || f == Function::WriteRegister; }
bool is_coils(Function f) {
    return f == Function::ReadCoils || f == Function::ReadDiscreteInputs ||
           f == Function::WriteCoil || f == Function::WriteCoils;
}

bool is_known(Function f) {
    const auto number = static_cast<std::uint8_t>(f);
    return (number >= 1 && number <= 6) || number == 15 || number == 16;
}

std::size_t most_of(Function f) {
    if (is_single(f)) return 1;
    if (is_write(f)) return is_coils(f) ? kMostCoilsWritten : kMostRegistersWritten;
    return is_coils(f) ? kMostCoilsRead : kMostRegistersRead;
}

std::size_t count_of(const Request& r) { return is_write(r.function) ? r.values.size() : r.count; }

void put_coils(Bytes& bytes, const Words& values) {
    const std::size_t first = bytes.size();
    bytes.resize(first + (values.size() + 7) / 8);
    for (std::size_t i = 0; i < values.size(); ++i)
        if (values[i] != 0)
            bytes[first + i / 8] =
                static_cast<std::uint8_t>(bytes[first + i / 8] | (1U << (i % 8)));
}

Bytes pdu_of(const Request& r) {
    Bytes pdu{static_cast<std::uint8_t>(r.function)};
    put(pdu, r.address);
    if (r.function == Function::WriteRegister) {
        put(pdu, r.values[0]);
    } else if (r.function == Function::WriteCoil) {
        put(pdu, r.values[0] != 0 ? kCoilOn : 0);
    } else {
        put(pdu, static_cast<std::uint16_t>(count_of(r)));
    }
    if (r.function == Function::WriteCoils) {
        pdu.push_back(static_cast<std::uint8_t>((r.values.size() + 7) / 8));
        put_coils(pdu, r.values);
    } else if (r.function == Function::WriteRegisters) {
        pdu.push_back(static_cast<std::uint8_t>(2 * r.values.size()));
        for (const std::uint16_t value : r.values) put(pdu, value);
    }
    return pdu;
}

Error exception(std::uint8_t number) {
    for (const Exception& e : kExceptions)
        if (e.number == number)
            return {e.code,
                    "Modbus exception " + std::to_string(number) + ": " + std::string{e.name}};
    return {ErrorCode::Refused, "Modbus exception " + std::to_string(number) + ": unknown"};
}

Result<Words> read_values(const Request& r, std::span<const std::uint8_t> pdu) {
    const std::size_t wanted =
        is_coils(r.function) ? (std::size_t{r.count} + 7) / 8 : std::size_t{r.count} * 2;
    if (pdu.size() < 2) return damaged("short frame: no byte count");
    if (pdu[1] != wanted || pdu.size() != 2 + wanted)
        return damaged("short frame: " + std::to_string(pdu.size() - 2) + " bytes, says " +
                       std::to_string(pdu[1]) + ", expected " + std::to_string(wanted));
    Words words(r.count);
    for (std::size_t i = 0; i < words.size(); ++i)
        words[i] = is_coils(r.function)
                       ? static_cast<std::uint16_t>((pdu[2 + i / 8] >> (i % 8)) & 1)
                       : word_at(pdu, 2 + 2 * i);
    return words;
}

Result<Words> confirm_write(const Request& r, std::span<const std::uint8_t> pdu) {
    const Bytes sent = pdu_of(r);
    if (pdu.size() != 5) return damaged("short frame: a confirmed write has 5 bytes");
    for (std::size_t i = 0; i < 5; ++i)
        if (pdu[i] != sent[i]) return damaged("the answer confirms another write");
    return Words{};
}

}  // namespace

Result<Bytes> encode(const Request& r, std::uint16_t transaction) {
    if (!is_known(r.function))
        return out_of_range("unknown function " + std::to_string(static_cast<int>(r.function)));
    const std::size_t count = count_of(r);
    if (count == 0 || count > most_of(r.function))
        return out_of_range(std::to_string(count) + " values, allowed are 1 to " +
                            std::to_string(most_of(r.function)));
    if (r.address + count > 0x10000)
        return out_of_range("addresses end at 65535, asked for " + std::to_string(r.address) +
                            " and " + std::to_string(count) + " on");
    const Bytes pdu = pdu_of(r);
    Bytes frame;
    frame.reserve(kHeaderSize + pdu.size());
    put(frame, transaction);
    put(frame, 0);
    put(frame, static_cast<std::uint16_t>(pdu.size() + 1));
    frame.push_back(r.unit);
    frame.insert(frame.end(), pdu.begin(), pdu.end());
    return frame;
}

Result<Header> decode_header(std::span<const std::uint8_t, kHeaderSize> bytes) {
    if (word_at(bytes, 2) != 0)
        return damaged("protocol " + std::to_string(word_at(bytes, 2)) + ", expected 0");
    const std::uint16_t length = word_at(bytes, 4);
    if (length < 2 || length > 254)
        return damaged("length " + std::to_string(length) + ", allowed are 2 to 254");
    return Header{word_at(bytes, 0), bytes[6], static_cast<std::uint16_t>(length - 1)};
}

Result<Words> decode_reply(const Request& r, std::uint8_t unit, std::span<const std::uint8_t> pdu) {
    if (unit != r.unit)
        return damaged("answer of unit " + std::to_string(unit) + ", asked unit " +
                       std::to_string(r.unit));
    if (pdu.empty()) return damaged("short frame: empty");
    if (count_of(r) == 0) return out_of_range("an answer to a request for nothing");
    const auto asked = static_cast<std::uint8_t>(r.function);
    if (pdu[0] == (asked | kExceptionBit)) {
        if (pdu.size() != 2) return damaged("short frame: an exception has 2 bytes");
        return exception(pdu[1]);
    }
    if (pdu[0] != asked)
        return damaged("answer to function " + std::to_string(pdu[0]) + ", asked " +
                       std::to_string(asked));
    return is_write(r.function) ? confirm_write(r, pdu) : read_values(r, pdu);
}

}  // namespace bitgrid::adapters::modbus
