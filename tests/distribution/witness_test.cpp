// Posteriors against 50-digit ones: log density, mean, covariance, trace and entropy.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "distribution/witness_cases.hpp"
#include "support/claim.hpp"

namespace sigmaflow {
namespace {

constexpr double eps = std::numeric_limits<double>::epsilon();
constexpr double kFloor = 1e-290;  ///< below it doubles run out

/// Worst error of each quantity in units of its tolerance, and the worst relative error where 1e-12 is asked.
struct Worst {
    double mean = 0.0;
    double covariance = 0.0;
    double log_density = 0.0;
    double entropy = 0.0;
    double mean_tight = 0.0;
    double covariance_tight = 0.0;

    /// Errors in units of their tolerance, so 1 is what is allowed.
    void record(const char* name) const {
        const std::string prefix = std::string("witness-") + name;
        testing_support::claim((prefix + "-mean").c_str(), mean);
        testing_support::claim((prefix + "-covariance").c_str(), covariance);
        testing_support::claim((prefix + "-mean-relative").c_str(), mean_tight);
        testing_support::claim((prefix + "-covariance-relative").c_str(), covariance_tight);
    }
};

void compare(const PosteriorTile& tile, int c, const witness::Posterior& truth, double allowed, double spread,
             Worst& worst) {
    const auto column = static_cast<std::size_t>(c);
    const double mean_size = truth.mean.cwiseAbs().maxCoeff();
    const double mean_error = (tile.mean.col(c) - truth.mean).cwiseAbs().maxCoeff();
    const double size = truth.covariance.cwiseAbs().maxCoeff();
    // Where the m_k cancel (ties), weights that are off by `allowed` move the mean by that part of sqrt |C|.
    const double mean_allowed = allowed * (mean_size + std::sqrt(size)) + 4 * eps * spread + kFloor;
    const double error = (tile.covariance[column] - truth.covariance).cwiseAbs().maxCoeff();
    const double trace_error = std::abs(tile.trace[c] - truth.covariance.trace());
    const double log_error = std::abs(tile.log_density[c] - truth.log_density);
    const double log_allowed = allowed * std::max(1.0, std::abs(truth.log_density));
    const double entropy_error = std::abs(tile.entropy[c] - truth.entropy);

    ASSERT_LE(mean_error, mean_allowed) << "mean " << tile.mean.col(c).transpose() << " for " << truth.mean.transpose();
    ASSERT_LE(error, allowed * size + kFloor) << "C\n" << tile.covariance[column] << "\nfor\n" << truth.covariance;
    ASSERT_LE(trace_error, 2 * allowed * std::abs(truth.covariance.trace()) + kFloor);
    ASSERT_LE(log_error, log_allowed) << tile.log_density[c] << " for " << truth.log_density;
    ASSERT_LE(entropy_error, allowed * truth.entropy + kFloor) << tile.entropy[c] << " for " << truth.entropy;
    worst.mean = std::max(worst.mean, mean_error / mean_allowed);
    worst.covariance = std::max(worst.covariance, error / (allowed * size + kFloor));
    worst.log_density = std::max(worst.log_density, log_error / log_allowed);
    worst.entropy = std::max(worst.entropy, entropy_error / (allowed * truth.entropy + kFloor));
    if (allowed > 1e-12) return;
    if (mean_size > spread) worst.mean_tight = std::max(worst.mean_tight, mean_error / mean_size);
    if (size > 1e-280) worst.covariance_tight = std::max(worst.covariance_tight, error / size);
}

/// One tile of `points` (repeated to fill it) against the witness.
void check(const Distribution& law, const std::vector<witness::Component>& components,
           const std::vector<Eigen::VectorXd>& points, double sigma, Worst& worst) {
    Tile x(law.dim(), kTileWidth);
    for (int c = 0; c < kTileWidth; ++c) x.col(c) = points[static_cast<std::size_t>(c) % points.size()];
    const PosteriorTile tile = test::evaluate(law, x, Row::Constant(sigma));
    for (std::size_t c = 0; c < points.size(); ++c) {
        SCOPED_TRACE("sigma " + std::to_string(sigma) + ", place " + std::to_string(c));
        compare(tile, static_cast<int>(c), witness::posterior(components, points[c], sigma),
                test::tolerance(components, points[c], sigma), test::largest_mean(components), worst);
        if (testing::Test::HasFatalFailure()) return;
    }
}

TEST(Posterior, OfEveryKindAgreesWithTheWitness) {
    Worst worst;
    test::for_every_law([&](const std::string& kind, const test::Law& law) {
        if (!law.is_mixture) return;
        const auto distribution = law.make(kind);
        std::int64_t seed = 0;
        for (const double sigma : test::log_grid(1e-4, 1e3, 15)) {
            check(*distribution, law.components, test::places(*distribution, law.components, sigma, ++seed), sigma,
                  worst);
        }
    });
    worst.record("kinds");
}

TEST(Posterior, OfRandomMixturesAgreesWithTheWitness) {
    Worst worst;
    for (std::int64_t trial = 0; trial < 150; ++trial) {
        SCOPED_TRACE("trial " + std::to_string(trial));
        Stream stream(8, 9, trial, Purpose::test);
        const GaussianMixture law(test::random_mixture(stream));
        const auto components = test::components_of(law.law());
        for (const double sigma : test::log_grid(1e-4, 1e3, 15)) {
            check(law, components, test::places(law, components, sigma, trial), sigma, worst);
            if (HasFatalFailure()) return;
        }
    }
    worst.record("mixtures");
}

TEST(Posterior, OfNormalizedMixturesAgreesWithTheWitness) {
    Worst worst;
    test::for_every_law([&](const std::string& kind, const test::Law& law) {
        if (kind == "two_deltas" && law.label == "single") return;
        auto table = law.table;
        table.emplace_back("normalize", Value("identity"));
        const auto distribution = test::make(kind, table);
        const auto* mixture = dynamic_cast<const GaussianMixture*>(distribution.get());
        if (mixture == nullptr) return;
        const auto components = test::components_of(mixture->law());
        for (const double sigma : test::log_grid(1e-3, 1e2, 6)) {
            check(*mixture, components, test::places(*mixture, components, sigma, 5), sigma, worst);
        }
    });
    worst.record("normalized");
}

// One weight of 1 - 1e-30 and beyond: C of the faint component keeps its relative accuracy.
TEST(Posterior, FaintComponentsKeepRelativeAccuracy) {
    Worst worst;
    const std::vector<witness::Component> components{test::blob({0, 0}, 0.0), test::blob({1, 2}, 0.0)};
    const auto law = test::make("points", {{"values", test::rows({{0, 0}, {1, 2}})}});
    for (const double sigma : {0.5, 0.2, 0.1, 0.07, 0.06}) {
        check(*law, components, {Eigen::Vector2d(0.1, 0.0), Eigen::Vector2d(0.9, 2.0), Eigen::Vector2d(0.25, 0.5)},
              sigma, worst);
    }
    const witness::Posterior faint = witness::posterior(components, Eigen::Vector2d(0.1, 0.0), 0.06);
    EXPECT_LT(faint.covariance.maxCoeff(), 1e-200);
    EXPECT_GT(faint.covariance.maxCoeff(), 1e-300);
    worst.record("faint");
}

}  // namespace
}  // namespace sigmaflow
