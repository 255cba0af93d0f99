// What every law obeys, over random parameters of every kind: derivatives of ln p, bounds, and the limits of small and
// large noise with the dimension and the curvature of the support.
#include <gtest/gtest.h>

#include <Eigen/LU>

#include <cmath>
#include <limits>

#include "distribution/random_laws.hpp"
#include "sigmaflow/numerics/decompositions.hpp"
#include "support/claim.hpp"

namespace sigmaflow {
namespace {

constexpr double eps = std::numeric_limits<double>::epsilon();
constexpr int kTrials = 12;
const Needs kMoments{true, true, true, false};

Tile noisy(const Distribution& law, double sigma, std::int64_t seed) {
    Tile x;
    law.sample({5, 6}, {32 * seed, kTileWidth}, x);
    for (int c = 0; c < kTileWidth; ++c) {
        Stream stream(7, 8, 32 * seed + c, Purpose::test);
        for (int i = 0; i < law.dim(); ++i) x(i, c) += sigma * stream.normal();
    }
    return x;
}

/// Derivative from central differences at steps h, h/2, h/4, extrapolated twice: the error is of order h^6.
template <class Numbers>
Numbers extrapolated(const Numbers& coarse, const Numbers& middle, const Numbers& fine) {
    const Numbers first = (4.0 * middle - coarse) / 3.0;
    const Numbers second = (4.0 * fine - middle) / 3.0;
    return (16.0 * second - first) / 15.0;
}

/// ln p and m at x displaced along one coordinate by -+h, -+h/2, -+h/4: columns 0 to 5.
struct Slopes {
    double log_density = 0.0;
    Eigen::VectorXd mean;
};

Slopes slopes_along(const Distribution& law, const Eigen::VectorXd& x, double sigma, int coordinate, double h) {
    Tile moved = x.replicate(1, kTileWidth);
    for (int k = 0; k < 3; ++k) {
        moved(coordinate, 2 * k) -= h / (1 << k);
        moved(coordinate, 2 * k + 1) += h / (1 << k);
    }
    const PosteriorTile tile = test::evaluate(law, moved, Row::Constant(sigma), {true, false, false, false});
    const auto step = [&](int k) { return moved(coordinate, 2 * k + 1) - moved(coordinate, 2 * k); };
    const auto density = [&](int k) { return (tile.log_density[2 * k + 1] - tile.log_density[2 * k]) / step(k); };
    const auto mean = [&](int k) -> Eigen::VectorXd {
        return (tile.mean.col(2 * k + 1) - tile.mean.col(2 * k)) / step(k);
    };
    return {extrapolated(density(0), density(1), density(2)), extrapolated<Eigen::VectorXd>(mean(0), mean(1), mean(2))};
}

// m = x + sigma^2 grad ln p and D m = C / sigma^2. Steps of 0.02 sigma: the sixth power is 6e-11, and rounding of ln p
// is amplified by 50.
TEST(RandomLaws, ObeyTweedieAndItsDerivative) {
    double worst_mean = 0.0;
    double worst_slope = 0.0;
    test::for_random_laws(kTrials, [&](const Distribution& law, int, int trial) {
        const double size = test::size_of(law);
        for (const double relative : {0.1, 0.5, 2.0}) {
            const double sigma = relative * size;
            const Tile x = noisy(law, sigma, trial);
            const PosteriorTile tile = test::evaluate(law, x, Row::Constant(sigma), kMoments);
            for (int c = 0; c < 2; ++c) {
                const Eigen::MatrixXd& covariance = tile.covariance[static_cast<std::size_t>(c)];
                for (int i = 0; i < law.dim(); ++i) {
                    const Slopes slopes = slopes_along(law, x.col(c), sigma, i, 0.02 * sigma);
                    const double residual = tile.mean(i, c) - x(i, c) - sigma * sigma * slopes.log_density;
                    const double error = std::abs(residual) / (sigma + std::abs(x(i, c) - tile.mean(i, c)));
                    const Eigen::VectorXd row = covariance.col(i) / (sigma * sigma);
                    const double slope_error = (slopes.mean - row).norm() / (1.0 + row.norm());
                    ASSERT_LT(error, 1e-8) << "sigma " << sigma << ", particle " << c << ", coordinate " << i;
                    ASSERT_LT(slope_error, 1e-7) << "sigma " << sigma << ", particle " << c << ", coordinate " << i;
                    worst_mean = std::max(worst_mean, error);
                    worst_slope = std::max(worst_slope, slope_error);
                }
            }
        }
    });
    testing_support::claim("random-laws-tweedie", worst_mean);
    testing_support::claim("random-laws-jacobian", worst_slope);
}

// (tr C + |x - m|^2)/sigma^2 = D + d ln p / d ln sigma: one column per noise level.
TEST(RandomLaws, ObeyTheIdentityOfFlipd) {
    double worst = 0.0;
    test::for_random_laws(kTrials, [&](const Distribution& law, int, int trial) {
        for (const double relative : {0.1, 0.5, 2.0}) {
            const double sigma = relative * test::size_of(law);
            const Tile x = noisy(law, sigma, trial);
            for (int c = 0; c < 3; ++c) {
                constexpr double h = 0.02;
                Row sigmas = Row::Constant(sigma);
                for (int k = 0; k < 3; ++k) {
                    sigmas[2 * k] *= std::exp(-h / (1 << k));
                    sigmas[2 * k + 1] *= std::exp(h / (1 << k));
                }
                const PosteriorTile tile = test::evaluate(law, x.col(c).replicate(1, kTileWidth), sigmas, kMoments);
                const auto slope = [&](int k) {
                    return (tile.log_density[2 * k + 1] - tile.log_density[2 * k]) / (2.0 * h / (1 << k));
                };
                const double left = (tile.trace[6] + (x.col(c) - tile.mean.col(6)).squaredNorm()) / (sigma * sigma);
                const double right = law.dim() + extrapolated(slope(0), slope(1), slope(2));
                ASSERT_NEAR(left, right, 1e-7 * (1.0 + left)) << "sigma " << sigma;
                worst = std::max(worst, std::abs(left - right) / (1.0 + left));
            }
        }
    });
    testing_support::claim("random-laws-flipd", worst);
}

// C is symmetric and positive semi-definite, so J <= 1; tr C is its trace; and as an average tr C <= tr Cov(x0), with
// |C| <= E|x0 - a|^4 bounds left out: five standard errors of 96 particles.
TEST(RandomLaws, KeepTheirCovarianceWithinBounds) {
    test::for_random_laws(kTrials, [](const Distribution& law, int, int trial) {
        const double total = law.moments().covariance.trace();
        for (const double relative : {1e-3, 0.1, 1.0, 100.0}) {
            const double sigma = relative * test::size_of(law);
            double sum = 0.0;
            double squares = 0.0;
            for (int tile = 0; tile < 3; ++tile) {
                const PosteriorTile out =
                    test::evaluate(law, noisy(law, sigma, 3 * trial + tile), Row::Constant(sigma), kMoments);
                for (int c = 0; c < kTileWidth; ++c) {
                    const Eigen::MatrixXd& covariance = out.covariance[static_cast<std::size_t>(c)];
                    ASSERT_EQ(covariance, Eigen::MatrixXd(covariance.transpose()));
                    const double least = symmetric_eigenpairs(covariance).values.minCoeff();
                    ASSERT_GE(least, -32 * eps * covariance.norm() - 1e-300);
                    ASSERT_NEAR(out.trace[c], covariance.trace(), 32 * eps * covariance.trace() + 1e-300);
                    sum += out.trace[c];
                    squares += out.trace[c] * out.trace[c];
                }
            }
            constexpr double count = 3.0 * kTileWidth;
            const double mean = sum / count;
            const double error = std::sqrt(std::max(0.0, squares / count - mean * mean) / count);
            EXPECT_LE(mean, total + 5.0 * error + 32 * eps * total) << "mmse exceeds the variance";
        }
    });
}

// Equal moments make equal posteriors at large noise: m = E x0 + Cov (x - E x0) / sigma^2 + .., C = Cov + ...
TEST(RandomLaws, TendToTheirMomentsAtLargeNoise) {
    test::for_random_laws(kTrials, [](const Distribution& law, int, int trial) {
        const Moments moments = law.moments();
        const double size = test::size_of(law);
        for (const double relative : {1e3, 1e5, 1e8}) {
            const double sigma = relative * size;
            const PosteriorTile tile = test::evaluate(law, noisy(law, 0.0, trial), Row::Constant(sigma), kMoments);
            // Third moments are of the order size^3 d, and what x0 itself adds to m is size^3 / sigma^2.
            const double allowed = 30.0 * law.dim() / (relative * relative) + 1e-13;
            for (int c = 0; c < kTileWidth; ++c) {
                const Eigen::MatrixXd& covariance = tile.covariance[static_cast<std::size_t>(c)];
                ASSERT_LT((tile.mean.col(c) - moments.mean).norm(), allowed * (size + moments.mean.norm()));
                ASSERT_LT((covariance - moments.covariance).norm(), allowed * size * size);
            }
        }
    });
}

/// Particles whose eigenvalues of C/sigma^2 are `tangents` times 1 and 0 for the rest, to `allowed`.
int particles_with_dimension(const PosteriorTile& tile, double sigma, int tangents, double allowed) {
    int count = 0;
    for (int c = 0; c < kTileWidth; ++c) {
        const Eigen::VectorXd values =
            symmetric_eigenpairs(tile.covariance[static_cast<std::size_t>(c)]).values / (sigma * sigma);
        const auto normals = values.size() - tangents;
        const double off = std::max(normals > 0 ? values.head(normals).cwiseAbs().maxCoeff() : 0.0,
                                    tangents > 0 ? (values.tail(tangents).array() - 1.0).abs().maxCoeff() : 0.0);
        count += off <= allowed ? 1 : 0;
    }
    return count;
}

// Within O(sigma) of a k-dimensional support C/sigma^2 has k eigenvalues 1 and the others 0, and m is a point of the
// support. Particles near two sheets at once (crossing planes) are rare: 1 of 32 is allowed. Deviations are of the
// order sigma |n| times the curvature, which is below 8 for axes from 0.5 to 2.
TEST(RandomLaws, SplitIntoTangentsAndNormalsAtSmallNoise) {
    test::for_random_laws(kTrials, [](const Distribution& law, int tangents, int trial) {
        const Tile x0 = noisy(law, 0.0, trial);
        for (const double sigma : {1e-4, 1e-6}) {
            const Tile x = noisy(law, sigma, trial);
            const PosteriorTile tile = test::evaluate(law, x, Row::Constant(sigma), kMoments);
            EXPECT_GE(particles_with_dimension(tile, sigma, tangents, 200.0 * sigma + 1e-9), kTileWidth - 1)
                << "sigma " << sigma << ", dimension " << tangents;
            for (int c = 0; c < kTileWidth; ++c) {
                EXPECT_LT((tile.mean.col(c) - x0.col(c)).norm(), (6.0 + 3.0 * std::sqrt(law.dim())) * sigma);
            }
        }
    });
}

// At a fixed distance h off an ellipsoid, measured along its outer normal, the tangent eigenvalues of C/sigma^2 tend to
// those of (I + h W)^-1, W the shape operator P Hess(g) P / |grad g| of g = sum x_i^2/a_i^2: R/r for a sphere.
TEST(EllipsoidShell, ObeysTheCurvatureLawAboveAnyOfItsPoints) {
    double worst = 0.0;
    for (int trial = 0; trial < 60; ++trial) {
        test::Dice dice(trial);
        const int k = dice.integer(2, 5);
        const auto axes = dice.numbers(k, 0.7, 1.5);
        Value::Table table{{"axes", test::list(axes)}};
        if (k <= 3 && dice.coin()) table.emplace_back("measure", Value("surface"));
        const auto law = test::make("ellipsoid_shell", table);
        const Eigen::ArrayXd a = Eigen::Map<const Eigen::ArrayXd>(axes.data(), k);
        Eigen::ArrayXd u(k);
        for (auto& number : u) number = dice.normal();
        const Eigen::VectorXd foot = a * u / u.matrix().norm();
        const Eigen::VectorXd gradient = 2.0 * foot.array() / a.square();
        const Eigen::VectorXd normal = gradient.normalized();
        const Eigen::MatrixXd tangent = Eigen::MatrixXd::Identity(k, k) - normal * normal.transpose();
        const Eigen::MatrixXd hessian = (2.0 / a.square()).matrix().asDiagonal();
        const Eigen::MatrixXd shape = tangent * hessian * tangent / gradient.norm();
        // Inside at most a third of the least radius of curvature, so that the foot stays the nearest point.
        const double h = dice.coin() ? dice.between(0.1, 2.0)
                                     : -dice.between(0.1, 0.33) / symmetric_eigenpairs(shape).values.maxCoeff();
        const Eigen::MatrixXd limit = tangent * (Eigen::MatrixXd::Identity(k, k) + h * shape).inverse() * tangent;
        const double sigma = 1e-5;
        const PosteriorTile tile =
            test::evaluate(*law, (foot + h * normal).replicate(1, kTileWidth), Row::Constant(sigma), kMoments);
        const double error = (tile.covariance[0] / (sigma * sigma) - limit).norm();
        EXPECT_LT(error, 1e-7) << "k " << k << ", h " << h;  // the next term is of order sigma^2
        EXPECT_LT((tile.mean.col(0) - foot).norm(), 1e-8);
        worst = std::max(worst, error);
    }
    testing_support::claim("shell-curvature-law", worst);
}

}  // namespace
}  // namespace sigmaflow
