// Directional cumulants of every posterior that knows them: against 50 digits, against derivatives of the mean, and the
// Taylor series of the mean that they make.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "distribution/witness_cases.hpp"
#include "sigmaflow/distribution/posterior_weights.hpp"
#include "sigmaflow/numerics/cumulants.hpp"
#include "support/claim.hpp"

namespace sigmaflow {
namespace {

using testing_support::claim;
constexpr double eps = std::numeric_limits<double>::epsilon();

/// order x w.
Tile cumulants_of(const Distribution& law, const Tile& x, const Row& sigma, const Tile& direction, int order) {
    Tile out(order, kTileWidth);
    const auto workspace = law.posterior().workspace();
    law.posterior().cumulants(x, sigma, direction, order, *workspace, out);
    return out;
}

// ---- against the witness

/// Errors in units of what is allowed, and relative to kappa_2^{n/2} where nothing forces a loss.
struct Worst {
    double allowed = 0.0;
    double relative = 0.0;
    int relative_count = 0;

    void record(const std::string& name) const {
        claim(("cumulants-" + name).c_str(), allowed);
        claim(("cumulants-" + name + "-relative").c_str(), relative);
        EXPECT_GT(relative_count, 300);
    }
};

/// What is lost to rounding, in units of eps or so.
struct Loss {
    double weights;   ///< relative error of r_k: exponents rounded, here and in the logarithms of sums
    double position;  ///< of <v, m_k - m>, over |v|: 0 for clouds of given points, whose differences are exact
    double reach;     ///< the size of the numbers that make up m
};

/// With s_k = |<v, m_k - m>| + <v, C_k v>^{1/2} the n-th absolute moment about the mean is of the size S_n = sum r_k
/// s_k^n >= kappa_2^{n/2}, and equal to it in order unless components are faint. Two things are lost. Weights are off
/// by a relative error: n such parts of S_n. Positions along v are off by e_k, a few eps of what was subtracted
/// to get them: |m_k - m|; for components with axes x and mu_k too, and for points that a kind lays out their size.
void compare(const Eigen::VectorXd& found, const witness::Cumulants& truth, double length, const Loss& loss,
             Worst& worst) {
    for (int n = 1; n <= 6; ++n) {
        double size = 0.0;
        double moved = 0.0;
        for (const auto& k : truth.components) {
            const double s = std::abs(k.offset) + k.width;
            const double e = 8 * eps * length * (k.distance + (n == 1 ? loss.reach : loss.position));
            size += k.weight * std::pow(s, n);
            moved += k.weight * n * e * std::pow(s + e, n - 1);
        }
        const double value = truth.values[static_cast<std::size_t>(n - 1)];
        const double error = std::abs(found[n - 1] - value);
        const double allowed = n * std::max(1e-13, loss.weights) * size + moved + 1e-290;
        EXPECT_LE(error, allowed) << "kappa_" << n << " is " << found[n - 1] << " for " << value;
        worst.allowed = std::max(worst.allowed, error / allowed);
        const double unit = std::pow(truth.values[1], 0.5 * n);
        if (n == 1 || loss.weights > 1e-13 || size > 100 * unit || moved > 1e-13 * unit || unit < 1e-280) continue;
        worst.relative = std::max(worst.relative, error / unit);
        ++worst.relative_count;
    }
}

/// Who knows where the components stand: the test, exactly; or src and the test, each after rounding.
enum class Origin { given, laid_out };

void check(const Distribution& law, const std::vector<witness::Component>& components,
           const std::vector<Eigen::VectorXd>& points, double sigma, std::int64_t seed, Origin origin, Worst& worst) {
    Stream stream(5, 1, seed, Purpose::test);
    Tile x(law.dim(), kTileWidth);
    Tile direction(law.dim(), kTileWidth);
    for (std::size_t c = 0; c < kTileWidth; ++c) {
        const auto column = static_cast<Eigen::Index>(c);
        x.col(column) = points[c % points.size()];
        direction.col(column) = test::normal_vector(law.dim(), stream);
        if (c % 3 == 1) direction.col(column) = Eigen::VectorXd::Unit(law.dim(), column % law.dim());
    }
    const Tile found = cumulants_of(law, x, Row::Constant(sigma), direction, 6);
    for (std::size_t c = 0; c < points.size(); ++c) {
        SCOPED_TRACE("sigma " + std::to_string(sigma) + ", place " + std::to_string(c));
        const auto column = static_cast<Eigen::Index>(c);
        const double reach = points[c].norm() + test::largest_mean(components);
        const bool exact = origin == Origin::given && dynamic_cast<const IsotropicCloud*>(&law) != nullptr;
        const double rounded = test::rounded_exponents(components, points[c], sigma);
        const Loss loss{origin == Origin::given ? rounded : 4 * rounded, exact ? 0.0 : reach, reach};
        compare(found.col(column), witness::cumulants(components, points[c], sigma, direction.col(column)),
                direction.col(column).norm(), loss, worst);
        if (testing::Test::HasFailure()) return;
    }
}

TEST(CumulantsOfPosteriors, OfEveryMixtureKindAgreeWithTheWitness) {
    Worst worst;
    test::for_every_law([&](const std::string& kind, const test::Law& law) {
        if (!law.is_mixture) return;
        const auto distribution = law.make(kind);
        ASSERT_EQ(distribution->posterior().cumulant_order(), 6);
        std::int64_t seed = 0;
        for (const double sigma : test::log_grid(1e-4, 1e3, 15)) {
            ++seed;
            check(*distribution, law.components, test::places(*distribution, law.components, sigma, seed), sigma, seed,
                  Origin::laid_out, worst);
        }
    });
    worst.record("kinds");
}

TEST(CumulantsOfPosteriors, OfRandomMixturesAgreeWithTheWitness) {
    Worst worst;
    for (std::int64_t trial = 0; trial < 60; ++trial) {
        SCOPED_TRACE("trial " + std::to_string(trial));
        Stream stream(8, 19, trial, Purpose::test);
        const GaussianMixture law(test::random_mixture(stream));
        const auto components = test::components_of(law.law());
        for (const double sigma : test::log_grid(1e-4, 1e3, 15)) {
            check(law, components, test::places(law, components, sigma, trial), sigma, trial, Origin::given, worst);
            if (HasFailure()) return;
        }
    }
    worst.record("mixtures");
}

TEST(CumulantsOfPosteriors, OfRandomCloudsAgreeWithTheWitness) {
    Worst worst;
    for (std::int64_t trial = 0; trial < 40; ++trial) {
        SCOPED_TRACE("trial " + std::to_string(trial));
        Stream stream(8, 29, trial, Purpose::test);
        const CloudLaw cloud = test::random_cloud(stream);
        std::vector<witness::Component> components;
        for (Eigen::Index k = 0; k < cloud.points.cols(); ++k) {
            components.push_back({cloud.weights[k], cloud.points.col(k), {}, cloud.variance, {}, {}});
        }
        const IsotropicCloud law(cloud);
        for (const double sigma : test::log_grid(1e-4, 1e3, 15)) {
            check(law, components, test::places(law, components, sigma, trial), sigma, trial, Origin::given, worst);
            if (HasFailure()) return;
        }
    }
    worst.record("clouds");
}

// One point three times, and 1 away with the weight e^-100 a Gaussian of variance 2: all digits of what it adds.
TEST(TotalCumulants, OfFaintComponentsKeepRelativeAccuracy) {
    PosteriorWeights weights(4);
    weights.table.setZero();
    weights.table.row(0).setConstant(-100.0);
    weights.normalise();
    Tile table(8, kTileWidth);
    for (int k = 0; k < 4; ++k) {
        table.row(2 * k).setConstant(k == 0 ? 1.1 : 0.1);
        table.row(2 * k + 1).setConstant(k == 0 ? 2.0 : 0.0);
    }
    TotalCumulance law(2);
    Tile out(6, kTileWidth);
    total_cumulants(weights, table, 6, law, out);
    const double r = std::exp(-100.0) / 3.0;
    const double moments[] = {0.1, 3 * r, 7 * r, 25 * r, 81 * r, 331 * r};  // r E (1 + sqrt(2) Z)^n
    for (int n = 0; n < 6; ++n) EXPECT_NEAR(out(n, 7), moments[n], 1e-14 * moments[n]) << "kappa_" << n + 1;
}

}  // namespace
}  // namespace sigmaflow
