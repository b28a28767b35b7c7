#include "adapters/guard_lease/lease_line.hpp"

#include <gtest/gtest.h>

using namespace bitgrid;
using namespace adapters::guard_lease;

namespace {

const ports::Renewal kRenewal{"0123456789abcdef", 18'446'744'073'709'551'615u, true, false,
                              "fedcba9876543210"};
const ports::LeaseAnswer kAnswer{42, true, 8, 9'900, false};

std::string without_end(std::string line) {
    line.pop_back();
    return line;
}

TEST(LeaseLine, ReadsBackWhatItWrites) {
    EXPECT_EQ(read_renewal(without_end(line_of(kRenewal))).value(), kRenewal);
    EXPECT_EQ(read_answer(without_end(line_of(kAnswer))).value(), kAnswer);
    ports::LeaseAnswer armed;
    armed.is_holding = false;
    EXPECT_EQ(read_answer(without_end(line_of(armed))).value(), armed);
    EXPECT_LE(line_of(kRenewal).size(), kLongestLine);
}

TEST(LeaseLine, TakesNothingElseForARenewal) {
    for (const char* line : {
             "",
             " ",
             "lease",
             "lease 1",
             "lease 2 0123456789abcdef 1 0 0 fedcba9876543210",
             "guard 1 0123456789abcdef 1 0 0 fedcba9876543210",
             "lease 1 0123456789abcdef 1 0 0 fedcba9876543210 ",
             "lease 1 0123456789abcdef 1 0 0 fedcba9876543210 1",
             "lease 1  0123456789abcdef 1 0 0 fedcba9876543210",
             "lease 1 0123456789ABCDEF 1 0 0 fedcba9876543210",
             "lease 1 0123456789abcde 1 0 0 fedcba9876543210",
             "lease 1 0123456789abcdef -1 0 0 fedcba9876543210",
             "lease 1 0123456789abcdef +1 0 0 fedcba9876543210",
             "lease 1 0123456789abcdef 01 0 0 fedcba9876543210",
             "lease 1 0123456789abcdef 1.5 0 0 fedcba9876543210",
             "lease 1 0123456789abcdef 18446744073709551616 0 0 fedcba9876543210",
             "lease 1 0123456789abcdef 1 2 0 fedcba9876543210",
             "lease 1 0123456789abcdef 1 true 0 fedcba9876543210",
             "lease 1 0123456789abcdef 1 0  fedcba9876543210",
             "lease 1 0123456789abcdef 1 0 0 fedcba987654321g",
             "lease 1 0123456789abcdef 1 0 0 fedcba9876543210\r",
         })
        EXPECT_FALSE(read_renewal(line)) << line;
    EXPECT_FALSE(read_renewal(std::string(100'000, 'a')));
    EXPECT_FALSE(read_renewal(std::string(200, ' ')));
    EXPECT_FALSE(read_renewal(std::string{"lease 1 0123456789abcdef 1 0 0 fedcba98765432\0", 47}));
}

TEST(LeaseLine, TakesNothingElseForAnAnswer) {
    for (const char* line :
         {"guard 1 1 held 0 0 1", "guard 1 1 armed 9 0 1", "guard 1 1 armed 0 3600001 1",
          "guard 1 1 armed 0 -1 1", "guard 1 1 armed 0 0 yes", "guard 1 x armed 0 0 1",
          "guard 1 1 armed 0 0", "lease 1 1 armed 0 0 1"})
        EXPECT_FALSE(read_answer(line)) << line;
}

TEST(LeaseLine, FindsLinesHoweverTheyAreCut) {
    const std::string two = line_of(kRenewal) + line_of(kAnswer);
    for (std::size_t cut = 0; cut <= two.size(); ++cut) {
        std::string received;
        std::vector<std::string> lines;
        for (const std::string& piece : {two.substr(0, cut), two.substr(cut)}) {
            received += piece;
            for (auto line = next_line(received); line && *line; line = next_line(received))
                lines.push_back(**line);
        }
        ASSERT_EQ(lines.size(), 2u) << cut;
        EXPECT_EQ(lines[0] + '\n', line_of(kRenewal));
        EXPECT_EQ(lines[1] + '\n', line_of(kAnswer));
    }
}

TEST(LeaseLine, KeepsNoMoreThanALine) {
    std::string endless(kLongestLine, 'x');
    EXPECT_TRUE(next_line(endless));
    endless += 'x';
    EXPECT_FALSE(next_line(endless));
    std::string too_long = std::string(kLongestLine + 1, 'x') + "\n";
    EXPECT_FALSE(next_line(too_long));
    std::string longest = std::string(kLongestLine, 'x') + "\n";
    EXPECT_EQ(next_line(longest).value(), std::string(kLongestLine, 'x'));
}

}  // namespace
