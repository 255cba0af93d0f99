// What holds for every law: identities between the outputs, limits, moments, normalisation.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "distribution/laws.hpp"
#include "sigmaflow/numerics/decompositions.hpp"

namespace sigmaflow {
namespace {

constexpr double eps = std::numeric_limits<double>::epsilon();

Tile noisy_samples(const Distribution& law, double sigma) {
    Tile x;
    law.sample({5, 6}, {100, kTileWidth}, x);
    for (int c = 0; c < kTileWidth; ++c) {
        Stream stream(7, 8, c, Purpose::test);
        for (int i = 0; i < law.dim(); ++i) x(i, c) += sigma * stream.normal();
    }
    return x;
}

TEST(EveryLaw, HasASymmetricPositiveCovarianceWithItsTrace) {
    test::for_every_law([](const std::string& kind, const test::Law& law) {
        const auto distribution = law.make(kind);
        for (const double sigma : {1e-3, 0.1, 1.0, 30.0}) {
            const PosteriorTile tile =
                test::evaluate(*distribution, noisy_samples(*distribution, sigma), Row::Constant(sigma));
            for (int c = 0; c < kTileWidth; ++c) {
                const Eigen::MatrixXd& covariance = tile.covariance[static_cast<std::size_t>(c)];
                ASSERT_EQ(covariance, Eigen::MatrixXd(covariance.transpose()));
                const Eigen::VectorXd values = symmetric_eigenpairs(covariance).values;
                ASSERT_GE(values[0], -16 * eps * covariance.cwiseAbs().maxCoeff() - 1e-300);
                ASSERT_NEAR(tile.trace[c], covariance.trace(), 16 * eps * covariance.trace());
                ASSERT_GE(tile.entropy[c], 0.0);
            }
        }
    });
}

/// Columns 2i and 2i + 1: x with coordinate i moved by -+step.
Tile displaced(const Eigen::VectorXd& x, double step) {
    Tile out(x.size(), kTileWidth);
    out.colwise() = x;
    for (Eigen::Index i = 0; i < x.size(); ++i) {
        out(i, 2 * i) -= step;
        out(i, 2 * i + 1) += step;
    }
    return out;
}

TEST(EveryLaw, ObeysTweedieAndItsDerivative) {
    test::for_every_law([](const std::string& kind, const test::Law& law) {
        const auto distribution = law.make(kind);
        for (const double sigma : {0.2, 1.0, 5.0}) {
            const Tile x = noisy_samples(*distribution, sigma);
            const PosteriorTile centre = test::evaluate(*distribution, x, Row::Constant(sigma));
            for (int c = 0; c < 8; ++c) {
                const double step = 1e-5 * sigma;
                const PosteriorTile near =
                    test::evaluate(*distribution, displaced(x.col(c), step), Row::Constant(sigma));
                const Eigen::MatrixXd& covariance = centre.covariance[static_cast<std::size_t>(c)];
                for (int i = 0; i < distribution->dim(); ++i) {
                    const double slope = (near.log_density[2 * i + 1] - near.log_density[2 * i]) / (2 * step);
                    const double residual = centre.mean(i, c) - x(i, c) - sigma * sigma * slope;
                    EXPECT_NEAR(residual, 0.0, 1e-7 * (sigma + std::abs(x(i, c)))) << "m = x + sigma^2 grad ln p";
                    const Eigen::VectorXd gradient = (near.mean.col(2 * i + 1) - near.mean.col(2 * i)) / (2 * step);
                    // Dm = C / sigma^2
                    EXPECT_LT((gradient - covariance.col(i) / (sigma * sigma)).cwiseAbs().maxCoeff(),
                              1e-7 * (1.0 + covariance.norm() / (sigma * sigma)) + 8 * eps * x.col(c).norm() / step);
                }
            }
        }
    });
}

TEST(EveryLaw, TendsToItsMomentsAtLargeNoise) {
    test::for_every_law([](const std::string& kind, const test::Law& law) {
        const auto distribution = law.make(kind);
        const Moments moments = distribution->moments();
        const double size = test::size_of(*distribution);
        const double sigma = 1e5 * size;
        const PosteriorTile tile =
            test::evaluate(*distribution, noisy_samples(*distribution, 0.0), Row::Constant(sigma));
        for (int c = 0; c < kTileWidth; ++c) {
            EXPECT_LT((tile.mean.col(c) - moments.mean).norm(), 1e-8 * size);
            EXPECT_LT((tile.covariance[static_cast<std::size_t>(c)] - moments.covariance).norm(), 1e-8 * size * size);
        }
    });
}

TEST(EveryLaw, TendsToTheNearestPointOfItsSupportAtSmallNoise) {
    test::for_every_law([](const std::string& kind, const test::Law& law) {
        const auto distribution = law.make(kind);
        const double sigma = 1e-7;
        const Tile x0 = noisy_samples(*distribution, 0.0);
        const Tile x = noisy_samples(*distribution, sigma);
        const PosteriorTile tile = test::evaluate(*distribution, x, Row::Constant(sigma));
        for (int c = 0; c < kTileWidth; ++c) {
            EXPECT_LT((tile.mean.col(c) - x0.col(c)).norm(), 20 * sigma);
            // C / sigma^2 counts the tangent directions: 0 for a point, 1 for each direction with extent.
            const Eigen::VectorXd values =
                symmetric_eigenpairs(tile.covariance[static_cast<std::size_t>(c)]).values / (sigma * sigma);
            for (const double value : values) EXPECT_LT(std::min(std::abs(value), std::abs(value - 1.0)), 0.02);
        }
    });
}

TEST(EveryLaw, SamplesHaveItsMoments) {
    test::for_every_law([](const std::string& kind, const test::Law& law) {
        const auto distribution = law.make(kind);
        const Moments moments = distribution->moments();
        constexpr int count = 640 * kTileWidth;
        Eigen::MatrixXd samples(distribution->dim(), count);
        Tile x;
        for (int first = 0; first < count; first += kTileWidth) {
            distribution->sample({1, 2}, {first, kTileWidth}, x);
            samples.middleCols(first, kTileWidth) = x;
        }
        const Eigen::VectorXd mean = samples.rowwise().mean();
        const Eigen::MatrixXd offsets = samples.colwise() - mean;
        const Eigen::MatrixXd covariance = offsets * offsets.transpose() / count;
        for (int i = 0; i < distribution->dim(); ++i) {
            const double width = std::sqrt(moments.covariance(i, i));
            EXPECT_NEAR(mean[i], moments.mean[i], 5 * width / std::sqrt(count));
            for (int j = 0; j < distribution->dim(); ++j) {
                const double scale = width * std::sqrt(moments.covariance(j, j));
                EXPECT_NEAR(covariance(i, j), moments.covariance(i, j), 12 * scale / std::sqrt(count) + 1e-14);
            }
        }
    });
}

std::unique_ptr<Distribution> normalized(const std::string& kind, const test::Law& law, const char* how) {
    Value::Table table = law.table;
    table.emplace_back("normalize", Value(how));
    return test::make(kind, table);
}

/// The part of the eigenvalues above rounding, which spans the law.
double deviation_from_projector(const Eigen::MatrixXd& covariance) {
    double worst = 0.0;
    for (const double value : symmetric_eigenpairs(covariance).values) {
        worst = std::max(worst, std::min(std::abs(value), std::abs(value - 1.0)));
    }
    return worst;
}

Eigen::Index rank_of(const Eigen::MatrixXd& covariance) {
    const Eigen::VectorXd values = symmetric_eigenpairs(covariance).values;
    return (values.array() > 1e-20 * values.maxCoeff()).count();
}

TEST(Normalize, GivesZeroMeanAndIdentityCovarianceOnTheSpan) {
    test::for_every_law([](const std::string& kind, const test::Law& law) {
        if (kind == "two_deltas" && law.label == "single") return;
        const Moments raw = law.make(kind)->moments();
        const double size = std::sqrt(raw.covariance.trace());
        const Moments centred = normalized(kind, law, "center")->moments();
        EXPECT_LT(centred.mean.norm(), 8 * eps * (size + raw.mean.norm()));
        EXPECT_LT((centred.covariance - raw.covariance).norm(), 100 * eps * raw.covariance.norm());

        const auto whitened = normalized(kind, law, "identity");
        const Moments moments = whitened->moments();
        // In "wide range" the widths span nine decades, and singular values are known to eps of the largest.
        const double allowed = law.label == "wide range" ? 1e-6 : 1e-13;
        EXPECT_LT(moments.mean.norm(), allowed);
        EXPECT_LT(deviation_from_projector(moments.covariance), allowed);
        if (law.label == "wide range") {
            EXPECT_EQ(rank_of(moments.covariance), 3);
        }
        // On the span: the same directions stay flat.
        const EigenPairs before = symmetric_eigenpairs(raw.covariance);
        for (Eigen::Index i = 0; i < before.values.size(); ++i) {
            if (before.values[i] > 1e-15 * before.values.maxCoeff()) continue;
            if (law.label == "wide range") continue;
            EXPECT_LT((moments.covariance * before.vectors.col(i)).norm(), 1e-7);
        }
    });
}

// The map is the symmetric root: Sigma^{-1/2} itself, not a rotation of it.
TEST(Normalize, UsesTheSymmetricRoot) {
    const std::vector<std::vector<double>> points{{0, 0}, {2, 1}, {1, 3}};
    const auto raw = test::make("points", {{"values", test::rows(points)}});
    const auto white = test::make("points", {{"values", test::rows(points)}, {"normalize", Value("identity")}});
    const auto& cloud = dynamic_cast<const IsotropicCloud&>(*white);
    const Moments moments = raw->moments();
    const EigenPairs pairs = symmetric_eigenpairs(moments.covariance);
    const Eigen::Matrix2d map =
        pairs.vectors * pairs.values.cwiseSqrt().cwiseInverse().asDiagonal() * pairs.vectors.transpose();
    for (std::size_t k = 0; k < points.size(); ++k) {
        const Eigen::Vector2d y(points[k][0], points[k][1]);
        EXPECT_LT((cloud.points().col(static_cast<Eigen::Index>(k)) - map * (y - moments.mean)).norm(), 1e-14);
    }
}

TEST(Normalize, KeepsCloudsThatScaleAloneCanNormalize) {
    for (const char* kind : {"hypercube", "simplex", "ring"}) {
        const auto law = test::make(kind, {{"dim", Value(2)}, {"width", Value(0.5)}, {"normalize", Value("identity")}});
        EXPECT_NE(dynamic_cast<const IsotropicCloud*>(law.get()), nullptr) << kind;
    }
    const auto squeezed =
        test::make("two_deltas", {{"dim", Value(2)}, {"width", Value(0.5)}, {"normalize", Value("identity")}});
    EXPECT_EQ(dynamic_cast<const IsotropicCloud*>(squeezed.get()), nullptr);
}

TEST(Normalize, OfASinglePointIsRefused) {
    EXPECT_THROW(test::make("two_deltas", {{"weight", Value(1.0)}, {"normalize", Value("identity")}}), InputError);
    EXPECT_THROW(test::make("gaussian", {{"variances", test::list({0.0, 0.0})}, {"normalize", Value("identity")}}),
                 InputError);
    EXPECT_NO_THROW(test::make("two_deltas", {{"weight", Value(1.0)}, {"normalize", Value("center")}}));
}

// Crossing planes of equal weight become perpendicular under `identity`, whatever angle and scale were.
TEST(Normalize, MakesCrossingPlanesPerpendicular) {
    const auto law = test::make("crossing_planes",
                                {{"angle", Value(20.0)}, {"scale", Value(3.0)}, {"normalize", Value("identity")}});
    const auto& mixture = dynamic_cast<const GaussianMixture&>(*law).law();
    const Eigen::MatrixXd product = covariance_of(mixture.components[0]) * covariance_of(mixture.components[1]);
    EXPECT_LT(product.norm(), 1e-13);
    EXPECT_NEAR(covariance_of(mixture.components[0]).trace(), 2.0, 1e-13);
}

// What was flat stays exactly flat, tilted or not.
TEST(Normalize, KeepsTheRankOfEveryComponent) {
    const auto law =
        test::make("crossing_planes",
                   {{"dim", Value(5)}, {"codim", Value(2)}, {"angle", Value(50.0)}, {"normalize", Value("identity")}});
    for (const auto& component : dynamic_cast<const GaussianMixture&>(*law).law().components) {
        EXPECT_EQ((spectrum_of(component).values.array() == 0.0).count(), 2);
    }
}

TEST(EveryLaw, ThatIsOneGaussianSaysSo) {
    test::for_every_law([](const std::string& kind, const test::Law& law) {
        const auto distribution = law.make(kind);
        const GaussianLaw* gaussian = distribution->gaussian();
        ASSERT_EQ(gaussian != nullptr, law.components.size() == 1);
        if (gaussian == nullptr) return;
        const Moments moments = distribution->moments();
        const Eigen::MatrixXd identity = Eigen::MatrixXd::Identity(distribution->dim(), distribution->dim());
        EXPECT_EQ(gaussian->mean, moments.mean);
        EXPECT_LT((gaussian->vectors.transpose() * gaussian->vectors - identity).norm(), 1e-14);
        const Eigen::MatrixXd rebuilt =
            gaussian->vectors * gaussian->values.asDiagonal() * gaussian->vectors.transpose();
        EXPECT_LT((rebuilt - moments.covariance).norm(), 1e-14 * (1.0 + moments.covariance.norm()));
        EXPECT_GE(gaussian->values.minCoeff(), 0.0);
    });
}

}  // namespace
}  // namespace sigmaflow
