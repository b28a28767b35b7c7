#include "faults/harness/faults.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>

namespace bitgrid::faults {
namespace {

// TEST_F(Faults, No45WhatHolds) is number 45.
int number_of(const std::string& name) {
    return name.starts_with("No") ? std::atoi(name.c_str() + 2) : 0;
}

// One write for one line: cases run side by side.
void add_line(const std::filesystem::path& path, const std::string& line) {
    const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (file < 0) return;
    [[maybe_unused]] const ssize_t written = write(file, line.data(), line.size());
    close(file);
}

}  // namespace

void Faults::SetUp() {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    const std::string preset = programs().parent_path().filename();
    repeat_ =
        "ctest --preset " + preset + " -R '" + test->test_suite_name() + "." + test->name() + "$'";
}

void Faults::TearDown() {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    for (const std::string& words : take_crashes()) ADD_FAILURE() << "it crashed: " << words;
    if (HasFailure()) {
        outcome_ = "not reached";
        why_ = "the case failed";
    }
    const nlohmann::ordered_json line{{"number", number_of(test->name())},
                                      {"outcome", outcome_},
                                      {"behaviour", behaviour_},
                                      {"figure", figure_},
                                      {"why", why_},
                                      {"repeat", repeat_}};
    add_line(programs().parent_path() / "faults.jsonl", line.dump() + "\n");
}

void Faults::is_proved_by(const std::string& program, const std::string& filter) {
    const ops::ScratchFolder folder;
    Child child{
        {{(programs() / program).string(), "--gtest_filter=" + filter}, folder.path(), program}};
    const auto exit = child.wait(300'000);
    const std::string said = child.said();
    EXPECT_EQ(exit, 0) << said << child.complained();
    const std::size_t passed = said.find("[  PASSED  ] ");
    const int count = passed == std::string::npos ? 0 : std::atoi(said.c_str() + passed + 13);
    EXPECT_GT(count, 0) << "no test is called " << filter;
    EXPECT_EQ(said.find("[  SKIPPED ]"), std::string::npos) << said;
}

}  // namespace bitgrid::faults
