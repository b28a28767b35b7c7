// Any bytes as the answer to a Modbus request: the first eight choose the request.
#include "adapters/modbus/modbus_frames.hpp"

using namespace bitgrid::adapters::modbus;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < kHeaderSize + 1) return 0;
    Request request;
    request.function = static_cast<Function>((data[7] & 0x7F) % 17);  // bit 7: exception
    request.unit = data[6];
    request.address = static_cast<std::uint16_t>((data[0] << 8) | data[1]);
    request.count = static_cast<std::uint16_t>((data[2] << 8) | data[3]);
    request.values.assign(data[4], data[5]);
    (void)encode(request, 1);
    (void)decode_header(std::span<const std::uint8_t, kHeaderSize>{data, kHeaderSize});
    (void)decode_reply(request, data[6], {data + kHeaderSize, size - kHeaderSize});
    return 0;
}
