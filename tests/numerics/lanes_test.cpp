#include "sigmaflow/numerics/lanes.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "sigmaflow/numerics/random.hpp"

namespace sigmaflow {
namespace {

TEST(Lanes, LoadAndStoreInOrder) {
    double in[kLanes];
    double out[kLanes];
    for (int i = 0; i < kLanes; ++i) in[i] = 1.5 * i;
    store_lanes(out, load_lanes(in) + all_lanes(2.0));
    for (int i = 0; i < kLanes; ++i) EXPECT_EQ(out[i], 1.5 * i + 2.0);
}

TEST(Lanes, AreChosenOneByOne) {
    const Lanes low{0, 1, 2, 3, 4, 5, 6, 7};
    const Lanes out = chosen(low < all_lanes(3.0), all_lanes(-1.0), low);
    for (int i = 0; i < kLanes; ++i) EXPECT_EQ(out[i], i < 3 ? -1.0 : i);
}

// 1.5 ulp, as the scalar function; exactly 0 below -708; NaN stays NaN.
TEST(Lanes, ExponentialAgainstLongDouble) {
    Stream stream(1, 1, 1, Purpose::test);
    for (int round = 0; round < 20000; ++round) {
        Lanes x{};
        for (int i = 0; i < kLanes; ++i) x[i] = -std::exp(16.0 * stream.uniform() - 9.0);
        const Lanes e = exp_of_nonpositive(x);
        for (int i = 0; i < kLanes; ++i) {
            if (x[i] < -708.0) {
                EXPECT_EQ(e[i], 0.0);
                continue;
            }
            const long double truth = std::exp(static_cast<long double>(x[i]));
            EXPECT_LE(std::abs(e[i] - truth), 1.5L * std::numeric_limits<double>::epsilon() * truth) << x[i];
        }
    }
    const double infinity = std::numeric_limits<double>::infinity();
    const Lanes edges = exp_of_nonpositive(Lanes{0.0, -0.0, -infinity, -1e300, -708.0, -709.0, std::nan(""), -1e-320});
    EXPECT_EQ(edges[0], 1.0);
    EXPECT_EQ(edges[1], 1.0);
    EXPECT_EQ(edges[2], 0.0);
    EXPECT_EQ(edges[3], 0.0);
    EXPECT_GT(edges[4], 0.0);
    EXPECT_EQ(edges[5], 0.0);
    EXPECT_TRUE(std::isnan(edges[6]));
    EXPECT_EQ(edges[7], 1.0);
}

}  // namespace
}  // namespace sigmaflow
