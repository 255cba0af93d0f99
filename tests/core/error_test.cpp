#include "sigmaflow/core/error.hpp"

#include <gtest/gtest.h>

#include "sigmaflow/core/status.hpp"

namespace sigmaflow {
namespace {

TEST(Location, IsSpeltForEditors) {
    EXPECT_EQ((Location{"a.toml", 3, 5}.text()), "a.toml:3");
    EXPECT_EQ((Location{"--seed", 0, 0}.text()), "--seed");
    EXPECT_EQ(Location{}.text(), "");
}

TEST(InputError, ReadsProblemWhySuggestion) {
    EXPECT_STREQ(InputError("problem").what(), "problem");
    EXPECT_STREQ(InputError("problem", "why").what(), "problem (why)");
    EXPECT_STREQ(InputError("problem", "", "suggestion").what(), "problem suggestion");
    EXPECT_STREQ(InputError(Location{"a.toml", 3, 5}, "problem", "why", "suggestion").what(),
                 "a.toml:3: problem (why) suggestion");
}

// Files keep these numbers.
TEST(Status, NumbersAreFixed) {
    EXPECT_EQ(particle_status_names().at(static_cast<std::size_t>(ParticleStatus::step_limit)), "step_limit");
    EXPECT_EQ(task_status_names().at(static_cast<std::size_t>(TaskStatus::failed)), "failed");
    EXPECT_EQ(static_cast<int>(ParticleStatus::non_finite), 1);
    EXPECT_EQ(static_cast<int>(ExitCode::stopped), 75);
    EXPECT_EQ(static_cast<int>(ExitCode::task_failed), 3);
    EXPECT_EQ(static_cast<int>(ExitCode::usage), 2);
}

}  // namespace
}  // namespace sigmaflow
