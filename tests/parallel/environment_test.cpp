#include "sigmaflow/parallel/environment.hpp"

#include <gtest/gtest.h>
#include <omp.h>
#include <sched.h>

#include <cstdlib>

namespace sigmaflow {
namespace {

TEST(Threads, AskedForWinOverEverything) {
    setenv("OMP_NUM_THREADS", "3", 1);
    EXPECT_EQ(choose_threads(7), 7);
    unsetenv("OMP_NUM_THREADS");
    EXPECT_EQ(choose_threads(7), 7);
}

TEST(Threads, FollowTheEnvironmentElseTheCores) {
    setenv("OMP_NUM_THREADS", "3", 1);
    omp_set_num_threads(3);  // the variable was read when the program started
    EXPECT_EQ(choose_threads(0), 3);
    unsetenv("OMP_NUM_THREADS");
    EXPECT_EQ(choose_threads(0), available_cores());
}

TEST(Threads, CoresAreThoseOfTheAffinityMask) {
    cpu_set_t before;
    CPU_ZERO(&before);
    ASSERT_EQ(sched_getaffinity(0, sizeof before, &before), 0);
    EXPECT_EQ(available_cores(), CPU_COUNT(&before));
    int first = 0;
    while (!CPU_ISSET(first, &before)) ++first;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(first, &one);
    ASSERT_EQ(sched_setaffinity(0, sizeof one, &one), 0);
    EXPECT_EQ(available_cores(), 1);
    EXPECT_EQ(sched_setaffinity(0, sizeof before, &before), 0);
}

}  // namespace
}  // namespace sigmaflow
