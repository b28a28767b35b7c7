#include "research/csv_table.hpp"

#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>

#include <filesystem>

using bitgrid::research::CsvTable;

namespace {

CsvTable table(std::string text) { return *CsvTable::parse("home.csv", std::move(text)); }
std::string error(std::string text) {
    return CsvTable::parse("home.csv", std::move(text)).error().what;
}

TEST(CsvTable, FindsColumnsByTheirNamesInAnyOrder) {
    const CsvTable csv =
        table("more,pv_power_w,timestamp\r\nx,1.5,2024-02-29T00:00Z\r\n\r\ny,-2e3,2024-03-01\r\n");
    EXPECT_EQ(csv.rows(), 2u);
    EXPECT_EQ(*csv.numbers("pv_power_w"), (std::vector<double>{1.5, -2000}));
    EXPECT_EQ((*csv.times("timestamp"))[0].ms, 1'709'164'800'000);
    EXPECT_EQ((*csv.times("timestamp"))[1].ms, 1'709'251'200'000);
    EXPECT_EQ((*csv.cells("more"))[1], "y");
    EXPECT_FALSE(csv.has("less"));
    EXPECT_EQ(csv.numbers("less").error().what, "home.csv: column \"less\" is missing");
}

TEST(CsvTable, TakesQuotesAwayAndLetsCommasStandBetweenThem) {
    const CsvTable csv = table("\"a\",b\n\"1,2\",\"3\"");
    EXPECT_EQ((*csv.cells("a"))[0], "1,2");
    EXPECT_EQ((*csv.numbers("b"))[0], 3);
}

TEST(CsvTable, NamesFileLineAndColumnOfWhatIsWrong) {
    EXPECT_EQ(table("t,w\n1,2\n\n3,high\n").numbers("w").error().what,
              "home.csv:4: w: \"high\" is not a finite number");
    for (const char* odd : {"", "nan", "inf", "1 ", "0x10", "1e999"})
        EXPECT_FALSE(table("w,t\n" + std::string{odd} + ",1").numbers("w")) << odd;
    EXPECT_EQ(table("t\n2024-01-02\n2024-01-02\n").times("t").error().what,
              "home.csv:3: t: not later than the row before it");
    EXPECT_EQ(error("a,b\n1,2\n3\n"), "home.csv:3: too few columns, 2 are named");
    EXPECT_EQ(error("a,b\n1,2,3\n"), "home.csv:2: too many columns, 2 are named");
    EXPECT_FALSE(CsvTable::parse("home.csv", ""));
}

TEST(CsvTable, ReadsPackedFilesAndRefusesDamagedOrEndlessOnes) {
    const auto path = std::filesystem::temp_directory_path() /
                      ("csv_table_test_" + std::to_string(::getpid()) + ".csv.gz");
    const gzFile packed = gzopen(path.c_str(), "wb");
    for (int i = 0; i < 10'000; ++i) gzputs(packed, i == 0 ? "w\n" : "42.25\n");
    gzclose(packed);
    EXPECT_EQ(CsvTable::read(path)->numbers("w")->back(), 42.25);
    EXPECT_EQ(CsvTable::read(path, {1000, 8}).error().code, bitgrid::core::ErrorCode::TooLarge);
    std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
    EXPECT_EQ(CsvTable::read(path).error().code, bitgrid::core::ErrorCode::Damaged);
    std::filesystem::remove(path);
    EXPECT_EQ(CsvTable::read(path).error().code, bitgrid::core::ErrorCode::NotFound);
}

}  // namespace
