// Precision at the edges of points and mixtures, against 50 digits: noise from 1e-8 to 1e8 times the size of the data,
// 4096 dimensions, 10^5 points, particles on the data and at its centre, weights 1e300 apart, nothing but a point.
//
// What can be asked (docs/theory.md, section 3): the exponent of component k is known to a few eps of its condition
// kappa_k = |x - mu_k| |(S_k + sigma^2)^-1 (x - mu_k)|, for points |x - y_k|^2/sigma^2, since rounding of x - mu_k
// alone moves it by as much. So r_k is known to rho_k = 8 eps (1 + kappa_k + kappa_top), and m, C and the entropy to
// what that does to their sums.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "distribution/witness_cases.hpp"
#include "support/claim.hpp"
#include "support/diagonal_witness.hpp"

namespace sigmaflow {
namespace {

constexpr double eps = std::numeric_limits<double>::epsilon();
constexpr double kFloor = 1e-290;  ///< below it doubles run out

/// How far each output may be off.
struct Allowed {
    double mean = 0.0;
    double covariance = 0.0;
    double entropy = 0.0;
    double log_density = 0.0;
};

/// `reach` is the length of the numbers that m_k is made of.
Allowed allowed(const std::vector<witness::Share>& shares, double reach, double entropy, double log_density,
                Eigen::Index dim) {
    const double summing = eps * static_cast<double>(shares.size() + static_cast<std::size_t>(dim));
    const auto top = *std::max_element(shares.begin(), shares.end(),
                                       [](const auto& a, const auto& b) { return a.weight < b.weight; });
    Allowed out{4 * eps * reach, kFloor, (8 * eps + summing) * entropy + kFloor, 0.0};
    for (const auto& share : shares) {
        if (share.weight == 0.0) continue;
        const double rho =
            (8 * eps + summing) * (1.0 + share.condition + top.condition + std::abs(share.logs - top.logs));
        const double square = share.distance * share.distance + share.width * share.width;
        out.mean += share.weight * rho * share.distance;
        out.covariance += share.weight * (rho * square + (share.width > 0.0 ? 16 * eps * reach * share.distance : 0.0));
        out.entropy += share.weight * rho * (1.0 - std::log(share.weight));
    }
    out.log_density = (8 * eps + summing) * (1.0 + top.condition + std::abs(top.logs) + std::abs(log_density));
    return out;
}

/// Errors in units of what is allowed.
struct Errors {
    double mean = 0.0;
    double covariance = 0.0;
    double entropy = 0.0;
    double log_density = 0.0;

    void record(const std::string& name) const {
        testing_support::claim((name + "-mean").c_str(), mean);
        testing_support::claim((name + "-covariance").c_str(), covariance);
        testing_support::claim((name + "-entropy").c_str(), entropy);
        testing_support::claim((name + "-log-density").c_str(), log_density);
    }
};

void note(double error, double bound, double& worst, const char* what) {
    EXPECT_LE(error, bound) << what;
    worst = std::max(worst, error / bound);
}

// ---- many dimensions, many points

void compare(const Distribution& law, const std::vector<witness::DiagonalComponent>& components,
             const std::vector<Eigen::VectorXd>& places, double sigma, bool with_covariance, Errors& worst) {
    Tile x(law.dim(), kTileWidth);
    for (int c = 0; c < kTileWidth; ++c) x.col(c) = places[static_cast<std::size_t>(c) % places.size()];
    Stream stream(9, 9, 9, Purpose::test);
    const Eigen::VectorXd direction = test::normal_vector(law.dim(), stream).normalized();
    const PosteriorTile tile = test::evaluate(law, x, Row::Constant(sigma), {true, true, with_covariance, true, false});
    double reach = 0.0;
    double total = 0.0;
    for (const auto& component : components) {
        reach = std::max(reach, component.mean.norm());
        total += component.weight;
    }
    for (std::size_t c = 0; c < places.size(); ++c) {
        SCOPED_TRACE("sigma " + std::to_string(sigma) + ", place " + std::to_string(c));
        const auto truth = witness::diagonal_posterior(components, places[c], sigma, direction);
        Allowed bound = allowed(truth.shares, reach + places[c].norm(), truth.entropy, truth.log_density, law.dim());
        // ln pi_k = ln w_k - ln sum w.
        bound.log_density += 4 * eps * std::abs(std::log(total));
        const auto column = static_cast<int>(c);
        note((tile.mean.col(column) - truth.mean).norm(), bound.mean, worst.mean, "mean");
        note(std::abs(tile.trace[column] - truth.variances.sum()), bound.covariance, worst.covariance, "trace");
        note(std::abs(tile.entropy[column] - truth.entropy), bound.entropy, worst.entropy, "entropy");
        note(std::abs(tile.log_density[column] - truth.log_density), bound.log_density, worst.log_density, "ln p");
        if (!with_covariance) continue;
        const Eigen::MatrixXd& covariance = tile.covariance[c];
        note((covariance.diagonal() - truth.variances).norm(), bound.covariance, worst.covariance, "diagonal");
        note(std::abs(direction.dot(covariance * direction) - truth.along), bound.covariance, worst.covariance, "C");
    }
}

std::vector<witness::DiagonalComponent> points_of(const Distribution& law) {
    const auto points = dynamic_cast<const IsotropicCloud&>(law).points();
    std::vector<witness::DiagonalComponent> out;
    for (Eigen::Index k = 0; k < points.cols(); ++k) out.push_back({1.0, points.col(k), {}});
    return out;
}

/// Beside a point, on it, between two, at the centre.
std::vector<Eigen::VectorXd> few_places(const std::vector<witness::DiagonalComponent>& components, double sigma) {
    Stream stream(10, 9, 9, Purpose::test);
    const auto dim = static_cast<int>(components.front().mean.size());
    const Eigen::VectorXd& first = components.front().mean;
    const Eigen::VectorXd& other = components[components.size() / 2].mean;
    return {first + sigma * test::normal_vector(dim, stream), other, 0.5 * (first + other), Eigen::VectorXd::Zero(dim)};
}

TEST(Precision, OfTenToTheFivePoints) {
    Errors worst;
    const auto law = test::make("ellipsoid_points", {{"dim", Value(6)}, {"count", Value(100000)}});
    const auto components = points_of(*law);
    for (const double sigma : {1e-8, 0.5, 1e8}) {
        const auto places = few_places(components, sigma);
        compare(*law, components, {places[0], places[2]}, sigma, true, worst);
    }
    worst.record("edges-many-points");
}

TEST(Precision, OfPointsIn4096Dimensions) {
    Errors worst;
    const auto law =
        test::make("ellipsoid_points", {{"dim", Value(4096)}, {"count", Value(40)}, {"radius", Value(64.0)}});
    const auto components = points_of(*law);
    for (const double sigma : {64e-8, 0.1, 1.0, 5.0, 64e8}) {
        compare(*law, components, few_places(components, sigma), sigma, false, worst);
    }
    worst.record("edges-many-dimensions");
}

TEST(Precision, OfPlanesIn4096Dimensions) {
    Errors worst;
    const auto law = test::make("parallel_planes", {{"dim", Value(4096)}, {"codim", Value(2)}, {"offset", Value(1.0)}});
    // Its own means: at sigma = 1e-8 an ulp of them is 1e-8 of sigma.
    const Eigen::VectorXd mean = dynamic_cast<const GaussianMixture&>(*law).law().components[1].mean;
    Eigen::VectorXd variances = Eigen::VectorXd::Ones(4096);
    variances.head(2).setZero();
    const std::vector<witness::DiagonalComponent> components{{1.0, -mean, variances}, {1.0, mean, variances}};
    for (const double sigma : {1e-8, 1e-3, 0.5, 1.0, 1e3, 1e8}) {
        compare(*law, components, few_places(components, sigma), sigma, false, worst);
    }
    worst.record("edges-planes");
}

TEST(Precision, OfAGaussianIn4096Dimensions) {
    Errors worst;
    Eigen::VectorXd variances(4096);
    std::vector<double> given;
    for (int i = 0; i < 4096; ++i) given.push_back(variances[i] = i % 3 == 0 ? 0.0 : std::exp(0.01 * (i % 1000) - 5.0));
    const auto law = test::make("gaussian", {{"variances", test::list(given)}});
    const std::vector<witness::DiagonalComponent> components{{1.0, Eigen::VectorXd::Zero(4096), variances}};
    for (const double sigma : {1e-6, 1e8}) {
        compare(*law, components, few_places(components, sigma), sigma, false, worst);
    }
    worst.record("edges-gaussian");
}

// ---- faint components

// On the faint point itself, at a noise where exp(-|y|^2/2 sigma^2) weighs 1e-300 up.
TEST(Precision, OfWeights1e300Apart) {
    Errors worst;
    for (const double scale : {1.0, 1e-200, 1e100}) {
        const auto law = test::make("points", {{"values", test::rows({{0, 0}, {1, 0}, {0, 2}})},
                                               {"weights", test::list({scale, 1e-300 * scale, 0.25 * scale})}});
        if (1e-300 * scale == 0.0) continue;
        const std::vector<witness::DiagonalComponent> components{{scale, Eigen::Vector2d(0, 0), {}},
                                                                 {1e-300 * scale, Eigen::Vector2d(1, 0), {}},
                                                                 {0.25 * scale, Eigen::Vector2d(0, 2), {}}};
        const double even = std::sqrt(0.5 / (300 * std::log(10.0)));
        for (const double sigma : {1e-8, 0.99 * even, even, 1.01 * even, 1.0, 1e8}) {
            compare(*law, components, {Eigen::Vector2d(1, 0), Eigen::Vector2d(1, 1e-3), Eigen::Vector2d(0, 0)}, sigma,
                    true, worst);
        }
    }
    worst.record("edges-weights");
}

// A law of a single place knows everything: no entropy, no covariance, ln p of one Gaussian.
TEST(Precision, OfOnePointIsExact) {
    const auto point = test::make("points", {{"values", test::rows({{0.1, -3.0, 7e5}})}});
    const auto flat =
        test::make("gaussian", {{"variances", test::list({0.0, 0.0, 0.0})}, {"mean", test::list({0.1, -3.0, 7e5})}});
    for (const auto* law : {point.get(), flat.get()}) {
        for (const double sigma : {1e-8, 1.0, 1e13}) {
            Tile x = Tile::Constant(3, kTileWidth, 2.0);
            x.col(1) << 0.1, -3.0, 7e5;
            const PosteriorTile tile = test::evaluate(*law, x, Row::Constant(sigma));
            for (const int c : {0, 1}) {
                EXPECT_EQ(tile.mean.col(c), Eigen::Vector3d(0.1, -3.0, 7e5));
                EXPECT_EQ(tile.trace[c], 0.0);
                EXPECT_EQ(tile.covariance[static_cast<std::size_t>(c)].norm(), 0.0);
                EXPECT_EQ(tile.entropy[c], 0.0);
                const double square = (x.col(c) - Eigen::Vector3d(0.1, -3.0, 7e5)).squaredNorm() / (sigma * sigma);
                const double expected = -0.5 * square - 3.0 * std::log(sigma) - 1.5 * std::log(2.0 * std::numbers::pi);
                EXPECT_NEAR(tile.log_density[c], expected, 8 * eps * (1.0 + std::abs(expected)));
            }
        }
    }
}

}  // namespace
}  // namespace sigmaflow
