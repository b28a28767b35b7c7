#include "adapters/modbus/modbus_frames.hpp"

#include <gmock/gmock.h>

using namespace bitgrid;
using namespace bitgrid::adapters::modbus;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

Request read_two() { return {1, Function::ReadHoldingRegisters, 0x0034, 2, {}}; }

TEST(ModbusFrames, EncodesTheDocumentedReadOfASmartMeter) {
    const auto frame = encode({1, Function::ReadInputRegisters, 0x0034, 2, {}}, 1);
    ASSERT_TRUE(frame);
    EXPECT_THAT(*frame, ElementsAre(0, 1, 0, 0, 0, 6, 1, 4, 0, 0x34, 0, 2));
}

TEST(ModbusFrames, EncodesEveryWriteAsTheStandardHasIt) {
    EXPECT_THAT(*encode({2, Function::WriteCoil, 7, 1, {1}}, 9),
                ElementsAre(0, 9, 0, 0, 0, 6, 2, 5, 0, 7, 0xFF, 0));
    EXPECT_THAT(*encode({2, Function::WriteRegister, 7, 1, {0x1234}}, 9),
                ElementsAre(0, 9, 0, 0, 0, 6, 2, 6, 0, 7, 0x12, 0x34));
    EXPECT_THAT(*encode({2, Function::WriteCoils, 7, 1, {1, 0, 1, 1, 0, 0, 0, 0, 1}}, 9),
                ElementsAre(0, 9, 0, 0, 0, 9, 2, 15, 0, 7, 0, 9, 2, 0x0D, 0x01));
    EXPECT_THAT(*encode({2, Function::WriteRegisters, 7, 1, {1, 0xFFFF}}, 9),
                ElementsAre(0, 9, 0, 0, 0, 11, 2, 16, 0, 7, 0, 2, 4, 0, 1, 0xFF, 0xFF));
}

TEST(ModbusFrames, RefusesRequestsThatModbusCannotCarry) {
    EXPECT_FALSE(encode({1, Function::ReadHoldingRegisters, 0, 0, {}}, 1));
    EXPECT_FALSE(encode({1, Function::ReadHoldingRegisters, 0, 126, {}}, 1));
    EXPECT_FALSE(encode({1, Function::ReadCoils, 0, 2001, {}}, 1));
    EXPECT_FALSE(encode({1, Function::ReadHoldingRegisters, 65'535, 2, {}}, 1));
    EXPECT_FALSE(encode({1, Function::WriteRegisters, 0, 1, Words(124)}, 1));
    EXPECT_FALSE(encode({1, Function::WriteRegister, 0, 1, {1, 2}}, 1));
    EXPECT_FALSE(encode({1, static_cast<Function>(7), 0, 1, {}}, 1));
    EXPECT_TRUE(encode({1, Function::ReadHoldingRegisters, 65'535, 1, {}}, 1));
}

TEST(ModbusFrames, ReadsRegistersAndCoils) {
    const Bytes registers{3, 4, 0xF6, 0x3C, 0x00, 0x01};
    EXPECT_THAT(*decode_reply(read_two(), 1, registers), ElementsAre(0xF63C, 1));
    const Bytes coils{1, 2, 0b1000'0001, 0b1};
    EXPECT_THAT(*decode_reply({1, Function::ReadCoils, 0, 9, {}}, 1, coils),
                ElementsAre(1, 0, 0, 0, 0, 0, 0, 1, 1));
}

TEST(ModbusFrames, NamesWhatIsWrongWithAnAnswer) {
    const auto error = [](std::uint8_t unit, const Bytes& pdu) {
        const auto words = decode_reply(read_two(), unit, pdu);
        EXPECT_FALSE(words);
        return words ? core::Error{} : words.error();
    };
    EXPECT_THAT(error(9, {3, 4, 0, 0, 0, 0}).what, HasSubstr("unit 9"));
    EXPECT_THAT(error(1, {3, 4, 0, 0}).what, HasSubstr("short frame"));
    EXPECT_THAT(error(1, {3, 4, 0, 0, 0, 0, 0}).what, HasSubstr("short frame"));
    EXPECT_THAT(error(1, {3, 2, 0, 0}).what, HasSubstr("expected 4"));
    EXPECT_THAT(error(1, {4, 4, 0, 0, 0, 0}).what, HasSubstr("function 4"));
    EXPECT_THAT(error(1, {}).what, HasSubstr("empty"));
    EXPECT_THAT(error(1, {3}).what, HasSubstr("short frame"));
    EXPECT_THAT(error(1, {0x83}).what, HasSubstr("short frame"));
    EXPECT_EQ(error(1, {0x83, 2}).code, core::ErrorCode::NotFound);
    EXPECT_THAT(error(1, {0x83, 2}).what, HasSubstr("illegal data address"));
    EXPECT_EQ(error(1, {0x83, 6}).code, core::ErrorCode::Unavailable);
    EXPECT_EQ(error(1, {0x83, 11}).code, core::ErrorCode::Unreachable);
    EXPECT_THAT(error(1, {0x83, 99}).what, HasSubstr("99"));
}

TEST(ModbusFrames, ConfirmsOnlyTheWriteThatWasSent) {
    const Request write{1, Function::WriteRegisters, 40'100, 1, {5, 6}};
    EXPECT_TRUE(decode_reply(write, 1, Bytes{16, 0x9C, 0xA4, 0, 2}));
    EXPECT_FALSE(decode_reply(write, 1, Bytes{16, 0x9C, 0xA4, 0, 1}));
    EXPECT_FALSE(decode_reply(write, 1, Bytes{16, 0x9C, 0xA4, 0}));
}

TEST(ModbusFrames, TellsAFrameFromOtherBytes) {
    const auto header = decode_header(std::array<std::uint8_t, 7>{0x12, 0x34, 0, 0, 0, 6, 17});
    ASSERT_TRUE(header);
    EXPECT_EQ(header->transaction, 0x1234);
    EXPECT_EQ(header->unit, 17);
    EXPECT_EQ(header->pdu_size, 5);
    using Raw = std::array<std::uint8_t, 7>;
    EXPECT_FALSE(decode_header(Raw{0, 1, 0, 1, 0, 6, 1}));
    EXPECT_FALSE(decode_header(Raw{0, 1, 0, 0, 0, 1, 1}));
    EXPECT_FALSE(decode_header(Raw{0, 1, 0, 0, 0, 255, 1}));
    EXPECT_FALSE(decode_header(Raw{'H', 'T', 'T', 'P', '/', '1', '.'}));
}

TEST(ModbusFrames, AnAnswerCutAtAnyByteIsAnError) {
    const Bytes whole{3, 4, 0xF6, 0x3C, 0x00, 0x01};
    for (std::size_t n = 0; n < whole.size(); ++n)
        EXPECT_FALSE(decode_reply(read_two(), 1, std::span{whole}.first(n))) << n;
}

}  // namespace
