#include "sigmaflow/parallel/node_resources.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <vector>

namespace sigmaflow {
namespace {

TEST(AvailableMemory, IsThatOfThisMachine) {
    const auto physical = static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) * ::sysconf(_SC_PAGESIZE);
    EXPECT_GT(available_memory(), physical / 1000);
    EXPECT_LE(available_memory(), physical);
}

TEST(AvailableMemory, FollowsTheAddressLimit) {
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_AS, &before), 0);
    rlimit low = before;
    low.rlim_cur = std::uint64_t{1} << 40;
    if (before.rlim_max != RLIM_INFINITY && low.rlim_cur > before.rlim_max) return;
    const auto free_of_limits = available_memory();
    ASSERT_EQ(::setrlimit(RLIMIT_AS, &low), 0);
    EXPECT_LE(available_memory(), free_of_limits + (free_of_limits >> 4)) << "a limit above the machine changes little";
    low.rlim_cur = 0;  // of what is mapped already nothing is taken away
    ASSERT_EQ(::setrlimit(RLIMIT_AS, &low), 0);
    const auto none = available_memory();
    ASSERT_EQ(::setrlimit(RLIMIT_AS, &before), 0);
    EXPECT_EQ(none, 0U);
}

TEST(AvailableDisk, LooksAtTheFolderOfTheFile) {
    EXPECT_GT(available_disk("here.h5"), 0U);
    EXPECT_EQ(available_disk("/proc/nothing.h5"), 0U) << "a file system without space";
    EXPECT_EQ(available_disk("/no/such/folder/a.h5"), ~std::uint64_t{0}) << "creating the file will say what is wrong";
}

}  // namespace
}  // namespace sigmaflow
