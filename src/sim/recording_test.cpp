#include "sim/recording.hpp"

#include <gmock/gmock.h>
#include <zlib.h>

#include <fstream>

#include "sim/data_paths.hpp"

using namespace bitgrid;
using namespace bitgrid::sim;
using testing::HasSubstr;

namespace {

std::filesystem::path file_with(const std::string& name, const std::string& text) {
    const auto path = std::filesystem::path{testing::TempDir()} / name;
    std::ofstream{path} << text;
    return path;
}

TEST(Recording, ReadsTheShippedHomeAndPrices) {
    const auto paths = find_data("data");
    ASSERT_TRUE(paths);
    const auto home = read_recording(paths->home());
    ASSERT_TRUE(home) << home.error().what;
    EXPECT_EQ(home->pv_w.means().size(), 6u * 144);
    EXPECT_EQ(home->pv_w.row_ms(), 600'000);
    EXPECT_EQ(home->pv_w.held_at(*parse_time("2024-05-21T11:05Z")), 4205);
    EXPECT_EQ(home->house_w.held_at(*parse_time("2024-05-21T17:00:00Z")), 1536);
    const auto prices = read_prices(paths->prices());
    ASSERT_TRUE(prices) << prices.error().what;
    EXPECT_EQ(prices->held_at(*parse_time("2024-05-21T10:59Z")), 2.847);
}

TEST(Recording, FindsColumnsByNameAndReadsGzip) {
    const auto path = std::filesystem::path{testing::TempDir()} / "home.csv.gz";
    const gzFile out = gzopen(path.c_str(), "wb");
    gzputs(out,
           "flag,house_load_w,timestamp,pv_power_w\r\n0,300,2024-05-21T00:00,-3\r\n"
           "0,310,2024-05-21T00:10:00Z,5\r\n");
    gzclose(out);
    const auto home = read_recording(path);
    ASSERT_TRUE(home) << home.error().what;
    EXPECT_EQ(home->house_w.means()[1], 310);
    EXPECT_EQ(home->pv_w.means()[0], 0) << "negative night values count as 0";
}

TEST(Recording, NamesFileLineAndColumnOfWhatIsWrong) {
    const auto hole = read_recording(file_with(
        "hole.csv",
        "timestamp,pv_power_w,house_load_w\n2024-05-21T00:00Z,1,2\n2024-05-21T00:10Z,1,2\n"
        "2024-05-21T00:30Z,1,2\n"));
    ASSERT_FALSE(hole);
    EXPECT_THAT(hole.error().what, HasSubstr("hole.csv:4"));
    const auto text = read_recording(
        file_with("text.csv", "timestamp,pv_power_w,house_load_w\n2024-05-21T00:00Z,nan,2\n"));
    ASSERT_FALSE(text);
    EXPECT_THAT(text.error().what, HasSubstr("pv_power_w is not a number"));
    const auto column = read_recording(file_with("column.csv", "timestamp,pv_power_w\n"));
    ASSERT_FALSE(column);
    EXPECT_THAT(column.error().what, HasSubstr("house_load_w is missing"));
    EXPECT_FALSE(read_recording("/nowhere/home.csv"));
    EXPECT_FALSE(read_recording(file_with("empty.csv", "")));
}

TEST(Recording, RefusesTimesThatDoNotExist) {
    for (const char* bad : {"", "2024-05-21", "2024-13-01T00:00Z", "2024-05-21T24:00Z",
                            "2024-02-30T00:00Z", "2024-05-21 06:00Z", "2024-05-21T06:00:61Z"})
        EXPECT_FALSE(parse_time(bad)) << bad;
    EXPECT_EQ(parse_time("1970-01-02T00:00:01Z")->ms, 86'401'000);
}

TEST(Series, KeepsTheMeanOfEveryRowWhileItMovesSmoothly) {
    const Series series{{0}, 600'000, {0, 0, 500, 4000, 100, 100, 0, 2500, 2600}};
    double previous = series.smooth_at({600'000});
    for (int row = 1; row < 8; ++row) {
        double sum = 0;
        for (int s = 0; s < 600; ++s) {
            const double value = series.smooth_at({row * 600'000 + s * 1000});
            EXPECT_GE(value, 0);
            EXPECT_LT(std::abs(value - previous), 25)
                << "no jump at row " << row << " second " << s;
            previous = value;
            sum += value;
        }
        const double mean = series.means()[static_cast<std::size_t>(row)];
        EXPECT_NEAR(sum / 600, mean, 0.01 * mean + 2) << row;
    }
}

TEST(Series, GoesOnWithItsNearestDayOutsideTheRecord) {
    std::vector<double> means(48);
    for (std::size_t i = 0; i < means.size(); ++i) means[i] = static_cast<double>(i);
    const Series series{{0}, 3'600'000, means};
    EXPECT_EQ(series.held_at({-3'600'000}), 23);
    EXPECT_EQ(series.held_at({48 * 3'600'000LL}), 24);
    EXPECT_EQ(series.held_at({75 * 3'600'000LL}), 27);
}

TEST(Series, AveragesOverPartsOfRows) {
    const Series series{{0}, 1000, {10, 20, 30}};
    EXPECT_DOUBLE_EQ(series.mean({500}, {2500}), 20);
    EXPECT_DOUBLE_EQ(series.mean({0}, {1500}), (10 + 20 * 0.5) / 1.5);
}

}  // namespace
