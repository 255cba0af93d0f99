#include "sigmaflow/run/limits.hpp"

#include <gmock/gmock.h>

namespace sigmaflow {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

Forecast needing(std::uint64_t memory, std::uint64_t disk) {
    Forecast cost;
    cost.memory_bytes = memory;
    cost.file_bytes = disk;
    return cost;
}

TEST(Limits, WhatFitsIsNotMentioned) {
    EXPECT_THAT(exceeded_limits(needing(1000, 5000), {.ranks = 4, .memory = 4000, .disk = 5000}), IsEmpty());
}

TEST(Limits, MemoryCountsForEveryRankOfTheNode) {
    const auto limits = exceeded_limits(needing(1001, 5000), {.ranks = 4, .memory = 4000, .disk = 5000});
    ASSERT_EQ(limits.size(), 1U);
    EXPECT_THAT(limits[0], AllOf(HasSubstr("1.0 kB of memory in each of 4 ranks"), HasSubstr("4.0 kB left")));
    EXPECT_THAT(exceeded_limits(needing(1001, 1), {.ranks = 3, .memory = 4000, .disk = 1}), IsEmpty());
}

TEST(Limits, TheFileHasToFitOnTheDisk) {
    const auto limits = exceeded_limits(needing(1, 5'000'000'001), {.ranks = 1, .memory = 4000, .disk = 5'000'000'000});
    ASSERT_EQ(limits.size(), 1U);
    EXPECT_THAT(limits[0], AllOf(HasSubstr("result file takes 5.00 GB"), HasSubstr("5.00 GB left")));
}

TEST(Limits, HugeNumbersDoNotOverflow) {
    constexpr auto kHuge = ~std::uint64_t{0};
    EXPECT_EQ(exceeded_limits(needing(kHuge, kHuge), {.ranks = 1000, .memory = kHuge / 2, .disk = kHuge - 1}).size(),
              2U);
    EXPECT_THAT(exceeded_limits(needing(1, kHuge), {.ranks = 1, .memory = kHuge, .disk = kHuge}), IsEmpty());
}

}  // namespace
}  // namespace sigmaflow
