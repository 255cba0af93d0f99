#include "sigmaflow/run/fault.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

#include "sigmaflow/core/clock.hpp"
#include "sigmaflow/core/error.hpp"

namespace sigmaflow {
namespace {

double seconds_of_strike(const FaultPlan& faults, std::uint64_t task) {
    const double begin = steady_seconds();
    faults.strike(task);
    return steady_seconds() - begin;
}

TEST(FaultPlan, NothingHappensWithoutOne) {
    unsetenv("SIGMAFLOW_FAULT");
    EXPECT_NO_THROW(FaultPlan::from_environment().strike(0));
    EXPECT_LT(seconds_of_strike(FaultPlan(""), 17), 0.05);
}

TEST(FaultPlan, OneTaskThrows) {
    const FaultPlan faults("throw@17");
    EXPECT_THROW(faults.strike(17), std::runtime_error);
    for (const std::uint64_t other : {0, 1, 7, 16, 18, 117, 170}) EXPECT_NO_THROW(faults.strike(other));
}

TEST(FaultPlan, OneTaskOrAllSleep) {
    EXPECT_GE(seconds_of_strike(FaultPlan("sleep@3=0.05"), 3), 0.05);
    EXPECT_LT(seconds_of_strike(FaultPlan("sleep@3=0.2"), 4), 0.1);
    EXPECT_GE(seconds_of_strike(FaultPlan("sleep@*=0.05"), 1234), 0.05);
    EXPECT_THROW(FaultPlan("throw@*").strike(1234), std::runtime_error);
}

TEST(FaultPlan, SeveralInOneWord) {
    const FaultPlan faults("throw@1,sleep@*=0.03,throw@5");
    EXPECT_THROW(faults.strike(1), std::runtime_error);
    EXPECT_THROW(faults.strike(5), std::runtime_error);
    EXPECT_GE(seconds_of_strike(faults, 2), 0.03);
}

TEST(FaultPlan, OneRankBreaksOutsideOfTasks) {
    const FaultPlan faults("break@engine=1,break@writer=0,throw@3");
    EXPECT_THROW(faults.strike_rank("engine", 1), std::runtime_error);
    EXPECT_THROW(faults.strike_rank("writer", 0), std::runtime_error);
    EXPECT_NO_THROW(faults.strike_rank("engine", 0));
    EXPECT_NO_THROW(faults.strike_rank("writer", 1));
    EXPECT_NO_THROW(faults.strike(1));
    EXPECT_THROW(faults.strike(3), std::runtime_error);
}

TEST(FaultPlan, ComesFromTheEnvironment) {
    setenv("SIGMAFLOW_FAULT", "throw@2", 1);
    EXPECT_THROW(FaultPlan::from_environment().strike(2), std::runtime_error);
    unsetenv("SIGMAFLOW_FAULT");
}

TEST(FaultPlan, RefusesWhatItDoesNotKnow) {
    for (const char* text : {"bang", "throw", "throw@", "throw@x", "throw@-1", "sleep@1=x", "sleep@1=-1", "throw@1,",
                             "@1", "throw@1;throw@2", "sleep@1=1.2.3", "sleep@1", "throw@1=2",
                             "throw@99999999999999999999999", "break@engine", "break@store=1", "break@engine=x"}) {
        if (std::string(text) == "throw@1,") {
            EXPECT_NO_THROW(FaultPlan{text}) << "a last comma";
        } else {
            EXPECT_THROW(FaultPlan{text}, InputError) << text;
        }
    }
}

}  // namespace
}  // namespace sigmaflow
