#include <gtest/gtest.h>

#include "api/testing_schema.hpp"
#include "api/testing_served_house.hpp"

using namespace bitgrid;
using namespace bitgrid::api;

namespace {

TEST(Kpi, IsAskedForTheRangeThatIsWanted) {
    ServedHouse house;
    const auto answer = house.get("/api/v1/kpi?range=7d");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.json()["schema"], "kpi/1");
    EXPECT_EQ(fault_of(answer.json(), "views/kpi"), "") << answer.json().dump(2);
    EXPECT_EQ(house.get("/api/v1/kpi").status, 200);
    EXPECT_EQ(house.get("/api/v1/kpi?range=3660d").status, 200);
    EXPECT_EQ(house.kpis.asked, (std::vector{7, 30, 3'660}));
}

TEST(Kpi, RefusesARangeThatIsNone) {
    ServedHouse house;
    for (const char* range : {"", "d", "7", "0d", "-1d", "3661d", "7h", "7dd", "1e1d",
                              "99999999999d", "--data", "7%0ad"}) {
        const auto answer = house.get(std::string{"/api/v1/kpi?range="} + range);
        EXPECT_EQ(answer.status, 400) << range;
        EXPECT_EQ(answer.json()["code"], "BAD_FIELD") << range;
        EXPECT_EQ(fault_of(answer.json(), "problem"), "") << range;
    }
    EXPECT_TRUE(house.kpis.asked.empty());
}

TEST(Kpi, SaysWhyThereAreNone) {
    ServedHouse house;
    const std::tuple<core::ErrorCode, int, const char*> ways[] = {
        {core::ErrorCode::NotFound, 404, "NOTHING_RECORDED"},
        {core::ErrorCode::Refused, 429, "KPI_BUSY"},
        {core::ErrorCode::Timeout, 503, "KPI_TIMEOUT"},
        {core::ErrorCode::Unavailable, 503, "KPI_UNAVAILABLE"}};
    for (const auto& [code, status, name] : ways) {
        house.kpis.answer = core::Error{code, "because"};
        const auto answer = house.get("/api/v1/kpi?range=7d");
        EXPECT_EQ(answer.status, status);
        EXPECT_EQ(answer.json()["code"], name);
        EXPECT_EQ(fault_of(answer.json(), "problem"), "");
    }
}

}  // namespace
