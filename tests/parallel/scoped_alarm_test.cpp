#include "sigmaflow/parallel/scoped_alarm.hpp"

#include <gmock/gmock.h>

#include <chrono>
#include <cstdlib>
#include <thread>

namespace sigmaflow {
namespace {

using testing::HasSubstr;

void rest(double seconds) { std::this_thread::sleep_for(std::chrono::duration<double>(seconds)); }

TEST(ScopedAlarmDeathTest, EndsAProcessThatHangs) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    EXPECT_EXIT(
        {
            const ScopedAlarm alarm("rank 3 on here", "the start", 0.05);
            rest(60.0);
        },
        testing::ExitedWithCode(1), "rank 3 on here: the start has taken 0.05 s");
}

TEST(ScopedAlarm, KeepsQuietWhenTheWorkEndsInTime) {
    for (int i = 0; i < 20; ++i) const ScopedAlarm alarm("rank 0", "nothing", 60.0);
    rest(0.01);
}

TEST(ScopedAlarm, NeverRingsWithoutALimit) {
    const ScopedAlarm alarm("rank 0", "nothing", 0.0);
    rest(0.05);
}

TEST(LaunchedAs, TellsTheRankOfEveryLauncher) {
    for (const char* name : {"OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK", "SLURM_PROCID"}) {
        for (const char* other : {"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK", "PMI_SIZE",
                                  "SLURM_PROCID", "SLURM_NTASKS"})
            ::unsetenv(other);
        EXPECT_THAT(launched_as(), HasSubstr("process ")) << "alone";
        ::setenv(name, "7", 1);
        EXPECT_THAT(launched_as(), HasSubstr("rank 7 on ")) << name;
        ::setenv("SLURM_NTASKS", "16", 1);
        EXPECT_THAT(launched_as(), HasSubstr("rank 7 of 16 on ")) << name;
        ::unsetenv(name);
    }
}

}  // namespace
}  // namespace sigmaflow
