#include <gtest/gtest.h>

#include <cmath>

#include "distribution/laws.hpp"

namespace sigmaflow {
namespace {

/// Shells copy the answer to a column that asks the same as the one before it: bits must be those of asking alone.
TEST(RepeatedColumns, AreAnsweredAsIfAlone) {
    const Needs needs{.log_density = true, .covariance = true};
    for (const char* measure : {"pushforward", "surface"}) {
        const auto law = test::make("ellipsoid_shell", {{"axes", test::list({1.0, 0.4})}, {"measure", Value(measure)}});
        const Denoiser& denoiser = law->posterior();
        Tile x(2, kTileWidth);
        Row sigma;
        for (int c = 0; c < kTileWidth; ++c) {
            // Runs of 1, 2, 3, .. equal columns; the same place at another sigma is another question.
            const int run = static_cast<int>(0.5 * (std::sqrt(8.0 * c + 1.0) - 1.0));
            x.col(c) << 0.3 + 0.1 * run, 0.2;
            sigma[c] = c % 16 == 15 ? 0.7 : 0.5;
        }
        PosteriorTile all(2, needs), alone(2, needs);
        const auto workspace = denoiser.workspace();
        denoiser.evaluate(x, sigma, needs, *workspace, all);
        for (int c = 0; c < kTileWidth; ++c) {
            denoiser.evaluate(x.col(c).replicate(1, kTileWidth), Row::Constant(sigma[c]), needs, *workspace, alone);
            EXPECT_EQ(all.mean.col(c), alone.mean.col(0)) << measure << " " << c;
            EXPECT_EQ(all.log_density[c], alone.log_density[0]) << measure << " " << c;
            EXPECT_EQ(all.trace[c], alone.trace[0]) << measure << " " << c;
            EXPECT_EQ(all.covariance[static_cast<std::size_t>(c)], alone.covariance[0]) << measure << " " << c;
        }
    }
}

}  // namespace
}  // namespace sigmaflow
