#include "sigmaflow/numerics/reproducible.hpp"

#include <gtest/gtest.h>

#include <Eigen/Core>

namespace sigmaflow {
namespace {

TEST(Reproducible, CacheSizesDoNotComeFromTheMachine) {
    Eigen::setCpuCacheSizes(1 << 10, 1 << 11, 1 << 12);
    pin_numerics();
    EXPECT_EQ(Eigen::l1CacheSize(), 32 << 10);
    EXPECT_EQ(Eigen::l2CacheSize(), 512 << 10);
    EXPECT_EQ(Eigen::l3CacheSize(), 4 << 20);
}

}  // namespace
}  // namespace sigmaflow
