// phi(sigma): quadrature against brute force, draws against quadrature, and the universal number of the pitchfork.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "sigmaflow/stability/commitment.hpp"
#include "stability/laws_at_hand.hpp"
#include "support/claim.hpp"

namespace sigmaflow {
namespace {

using testing_support::claim;
using testing_support::law_of;
using testing_support::numbers;
using testing_support::two_clusters;

constexpr StreamKey kKey{2024, 5};
constexpr double kPitchfork = 0.7752002453966636;

/// phi of a mixture on the line from its densities, Simpson's rule over all of it.
double brute_force(const CollinearMixture& law, double sigma) {
    const double width = std::sqrt(law.variance + sigma * sigma);
    const double low = law.positions.minCoeff() - 12.0 * width;
    const double high = law.positions.maxCoeff() + 12.0 * width;
    constexpr int panels = 40000;
    const double h = (high - low) / panels;
    double sum = 0.0;
    for (int i = 0; i <= panels; ++i) {
        const double x = low + i * h;
        double density = 0.0;
        double squares = 0.0;
        for (Eigen::Index k = 0; k < law.weights.size(); ++k) {
            const double z = (x - law.positions[k]) / width;
            const double part = law.weights[k] * std::exp(-0.5 * z * z) / width / std::sqrt(2.0 * std::numbers::pi);
            density += part;
            squares += part * part;
        }
        if (density > 0.0) sum += (i == 0 || i == panels ? 1.0 : (i % 2 == 0 ? 2.0 : 4.0)) * squares / density;
    }
    return sum * h / 3.0;
}

TEST(Commitment, QuadratureAgreesWithDensities) {
    Stream stream(1, 2, 3, Purpose::test);
    double worst = 0.0;
    for (int trial = 0; trial < 40; ++trial) {
        const auto count = 1 + static_cast<Eigen::Index>(5.0 * stream.uniform());
        CollinearMixture law{Eigen::VectorXd(count), Eigen::VectorXd(count), stream.uniform(), 3};
        for (Eigen::Index k = 0; k < count; ++k) {
            law.weights[k] = 0.05 + stream.uniform();
            law.positions[k] = 4.0 * stream.normal();
        }
        law.weights /= law.weights.sum();
        const double sigma = std::exp(-2.0 + 4.0 * stream.uniform());
        worst = std::max(worst, std::abs(commitment(law, sigma) - brute_force(law, sigma)));
    }
    EXPECT_LE(worst, 1e-13);  // both converge faster than any power; rounding of 4e4 terms
}

TEST(Commitment, AtEverySymmetricPitchforkIsOneNumber) {
    Stream stream(1, 2, 4, Purpose::test);
    double worst = 0.0;
    for (int trial = 0; trial < 100; ++trial) {
        const double radius = std::exp(4.0 * stream.normal());
        const double share = stream.uniform();  // of v in s^2 = v + sigma^2 = radius^2
        CollinearMixture law{Eigen::Vector2d(0.5, 0.5), Eigen::Vector2d(-radius, radius), share * radius * radius, 1};
        const double sigma = radius * std::sqrt(1.0 - share);
        worst = std::max(worst, std::abs(commitment(law, sigma) - kPitchfork));
    }
    EXPECT_LE(worst, 1e-14);
    claim("pitchfork-commitment", worst);
}

// +-(1..1) with I: at OU time ln(d)/2, sigma^2 = d - 1 and the centre of s^2 = d is a pitchfork in any dimension.
TEST(Commitment, OfTwoClustersAtTheirSpeciation) {
    double exact = 0.0;
    double sampled = 0.0;
    for (const int dim : {256, 1024, 4096}) {
        const auto law = two_clusters(dim);
        Commitment phi(*law, kKey, dim > 1000 ? 1000 : 4000);
        EXPECT_EQ(phi.classes(), 2);
        const double sigma = std::sqrt(dim - 1.0);
        exact = std::max(exact, std::abs(phi.exact(sigma) - kPitchfork));
        const MeanEstimate estimate = phi(sigma);
        EXPECT_LE(estimate.error, 0.006);
        sampled = std::max(sampled, std::abs(estimate.mean - kPitchfork) / estimate.error);
    }
    EXPECT_LE(exact, 1e-13);
    EXPECT_LE(sampled, 4.0);
    claim("clusters-commitment-exact", exact);
    claim("clusters-commitment-sampled", sampled);
}

TEST(Commitment, OfDrawsIsThatOfTheQuadrature) {
    const auto law = law_of("gaussian_mixture",
                            {{"means", Value::List{numbers({-1.0, -2.0}), numbers({0.5, 1.0}), numbers({2.0, 4.0})}},
                             {"weights", numbers({0.2, 0.5, 0.3})},
                             {"widths", numbers({0.1, 0.1, 0.1})}});
    Commitment phi(*law, kKey, 20000);
    for (const double sigma : {0.7, 1.0, 3.0, 20.0}) {
        const MeanEstimate estimate = phi(sigma);
        EXPECT_NEAR(estimate.mean, phi.exact(sigma), 4.0 * estimate.error + 1e-15) << sigma;
        EXPECT_LE(estimate.error, 0.003);
    }
    EXPECT_NEAR(phi.exact(1e-3), 1.0, 1e-13);
    EXPECT_NEAR(phi.exact(1e6), 0.04 + 0.25 + 0.09, 1e-9);
}

TEST(Commitment, OfLabelledPointsIsThatOfTheirClasses) {
    const auto law = law_of("points", {{"values", Value::List{numbers({-1.0}), numbers({1.0}), numbers({2.0})}},
                                       {"labels", Value::List{Value("a"), Value("b"), Value("a")}}});
    Commitment phi(*law, kKey, 4000);
    EXPECT_EQ(phi.classes(), 2);
    EXPECT_TRUE(std::isnan(phi.exact(1.0)));
    EXPECT_NEAR(phi(1e4).mean, 4.0 / 9.0 + 1.0 / 9.0, 1e-3);
    EXPECT_NEAR(phi(1e-2).mean, 1.0, 1e-12);
}

TEST(Commitment, NeedsClasses) {
    const auto shell = law_of("ellipsoid_shell", {{"dim", 3}, {"radius", 1.0}});
    EXPECT_NE(ClassPosterior::mismatch(*shell), "");
    EXPECT_THROW(Commitment(*shell, kKey, 10), std::logic_error);
}

// Components written with all their axes against the same ones written as spheres, and Bayes' rule for unequal ones.
TEST(ClassPosteriors, OfComponentsOfAnyShape) {
    Stream stream(1, 2, 5, Purpose::test);
    for (int trial = 0; trial < 20; ++trial) {
        const int dim = 1 + trial % 5;
        MixtureLaw law{Eigen::VectorXd(3), {}};
        std::vector<Eigen::MatrixXd> covariances;
        for (int k = 0; k < 3; ++k) {
            law.weights[k] = 0.1 + stream.uniform();
            Eigen::MatrixXd root(dim, dim);
            for (Eigen::Index i = 0; i < root.size(); ++i) root.data()[i] = stream.normal();
            const Eigen::MatrixXd covariance = root * root.transpose();
            Eigen::VectorXd mean(dim);
            for (int i = 0; i < dim; ++i) mean[i] = 2.0 * stream.normal();
            GaussianComponent component = component_of(mean, symmetric_eigenpairs(covariance));
            if (dim > 2 && k == 1) {  // few axes beside a sphere
                component = {mean, 0.3, component.axes.leftCols(1), component.variances.head(1)};
            }
            covariances.push_back(covariance_of(component));
            law.components.push_back(component);
        }
        ClassPosterior posterior(law);
        Tile x(dim, kTileWidth);
        for (Eigen::Index i = 0; i < x.size(); ++i) x.data()[i] = 2.0 * stream.normal();
        const double sigma = 0.2 + stream.uniform();
        Tile found;
        posterior.evaluate(x, sigma, found);
        ASSERT_EQ(found.rows(), 3);
        for (int c = 0; c < kTileWidth; ++c) {
            Eigen::Vector3d parts;
            for (int k = 0; k < 3; ++k) {
                const Eigen::MatrixXd total =
                    covariances[static_cast<std::size_t>(k)] + sigma * sigma * Eigen::MatrixXd::Identity(dim, dim);
                const EigenPairs pairs = symmetric_eigenpairs(total);
                const Eigen::VectorXd e =
                    pairs.vectors.transpose() * (x.col(c) - law.components[static_cast<std::size_t>(k)].mean);
                parts[k] = law.weights[k] * std::exp(-0.5 * (e.array().square() / pairs.values.array()).sum()) /
                           std::sqrt(pairs.values.prod());
            }
            parts /= parts.sum();
            for (int k = 0; k < 3; ++k) EXPECT_NEAR(found(k, c), parts[k], 1e-12);
        }
    }
}

}  // namespace
}  // namespace sigmaflow
