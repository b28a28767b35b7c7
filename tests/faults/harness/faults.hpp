#pragma once
// What every case of the table shares: its number, and the line that tells how it ended.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

#include "faults/harness/home.hpp"

namespace bitgrid::faults {

/// A case is TEST_F(Faults, No45WhatHolds); one that takes minutes is TEST_F(LongFaults, …). When
/// it ends, one line of JSON is added to faults.jsonl beside the folder of the programs:
/// number, outcome, what was seen, figure, why, and the command that repeats it.
class Faults : public ::testing::Test {
protected:
    void SetUp() override;
    void TearDown() override;

    /// What the case saw, and the figure that it reached, for the table.
    void saw(const std::string& behaviour, const std::string& figure) {
        behaviour_ = behaviour;
        figure_ = figure;
    }
    /// Another test holds what this fault asks: runs it, and passes when it does.
    void is_proved_by(const std::string& program, const std::string& filter);

    /// What must be held, but not in the time or number that is asked: the table says so, and why.
    void misses_its_figure(const std::string& why) { end_as("figure missed", why); }

    /// For NOT_REACHED and NOT_INJECTABLE.
    void end_as(const char* outcome, const std::string& why) {
        outcome_ = outcome;
        why_ = why;
    }

private:
    std::string outcome_{"reached"}, behaviour_, figure_, why_, repeat_;
};

class LongFaults : public Faults {};

}  // namespace bitgrid::faults

/// The product does not do this yet: the table says so, and why.
#define NOT_REACHED(why)            \
    do {                            \
        end_as("not reached", why); \
        GTEST_SKIP() << (why);      \
    } while (false)
/// This machine cannot do that to us: the table says so, and why.
#define NOT_INJECTABLE(why)            \
    do {                               \
        end_as("not injectable", why); \
        GTEST_SKIP() << (why);         \
    } while (false)
