#include "pki/enrolment.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pki/broker_password.hpp"

using namespace bitgrid;
using namespace bitgrid::pki;
using testing::HasSubstr;

namespace {

constexpr core::UnixTime kToday{1'795'420'800'000};
constexpr core::UnixTime kNextYear{1'826'956'800'000};

class EnrolmentTest : public testing::Test {
protected:
    EnrolmentTest() {
        house = authority();
        enrolment = {"home", "bitgrid",         "roof", "192.168.1.5",
                     8883,   house.certificate, {},     nlohmann::json::array({{{"id", "miner"}}})};
        enrolment.own.key = *make_key();
        enrolment.own.certificate =
            *sign(house, enrolment.own.key, {Purpose::Client, "roof", {}, {kToday, kNextYear}});
    }
    static Pair authority() {
        const std::string key = *make_key();
        return {*make_authority(key, {Purpose::Authority, "house", {}, {kToday, kNextYear}}), key};
    }
    std::string objection() const {
        const auto read = read_enrolment(enrolment_text(enrolment));
        return read ? "" : read.error().what;
    }
    Pair house;
    Enrolment enrolment;
};

TEST_F(EnrolmentTest, IsReadAsItWasWritten) {
    const auto read = read_enrolment(enrolment_text(enrolment));
    ASSERT_TRUE(read) << read.error().what;
    EXPECT_EQ(read->host, "192.168.1.5");
    EXPECT_EQ(read->own.key, enrolment.own.key);
    EXPECT_EQ(read->loads, enrolment.loads);
}

TEST_F(EnrolmentTest, IsRefusedWhereItsPartsDoNotBelongTogether) {
    enrolment.gateway = "barn";
    EXPECT_THAT(objection(), HasSubstr("not that of a gateway barn"));
    enrolment.gateway = "roof";
    enrolment.authority = authority().certificate;
    EXPECT_THAT(objection(), HasSubstr("has not signed it"));
    enrolment.authority = house.certificate;
    enrolment.own.key = *make_key();
    EXPECT_THAT(objection(), HasSubstr("not that of the certificate"));
}

TEST_F(EnrolmentTest, IsRefusedWhereItIsCutOrWouldBeAnotherThing) {
    const std::string whole = enrolment_text(enrolment);
    for (std::size_t size = 0; size < whole.size() - 2; size += 97)
        EXPECT_FALSE(read_enrolment(std::string_view{whole}.substr(0, size))) << size;
    enrolment.site = "home/#";
    EXPECT_THAT(objection(), HasSubstr("site: "));
    enrolment.site = "home";
    enrolment.host = "x\nlistener 1883";
    EXPECT_THAT(objection(), HasSubstr("host: "));
    enrolment.host = "box";
    enrolment.port = 0;
    EXPECT_THAT(objection(), HasSubstr("port: 1 to 65535"));
}

TEST(BrokerPassword, IsTheSameLineForTheSamePasswordAndNeverTheSamePassword) {
    EXPECT_EQ(password_line("core", "secret"), password_line("core", "secret"));
    EXPECT_NE(password_line("core", "secret"), password_line("guard", "secret"));
    EXPECT_NE(draw_password(), draw_password());
    EXPECT_EQ(draw_password().size(), 64u);
}

}  // namespace
