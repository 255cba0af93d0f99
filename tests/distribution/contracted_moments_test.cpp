// Contracted moments against Gauss-Hermite quadrature of the posterior in extended precision.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <random>

#include "sigmaflow/distribution/gaussian_mixture.hpp"
#include "sigmaflow/distribution/isotropic_cloud.hpp"
#include "support/claim.hpp"

namespace sigmaflow {
namespace {

using Real = long double;
using Pair = std::array<Real, 2>;

/// Nodes and weights for int f(z) N(z; 0, 1) dz, exact to degree 7: the polynomials here have degree 6.
constexpr std::array<Real, 4> kNodes = {-2.3344142183389772393L, -0.74196378430272585765L, 0.74196378430272585765L,
                                        2.3344142183389772393L};
constexpr std::array<Real, 4> kWeights = {0.045875854768068491817L, 0.45412414523193150818L, 0.45412414523193150818L,
                                          0.045875854768068491817L};

/// A Gaussian in the plane with covariance R R^T.
struct PlaneGaussian {
    Real weight;
    Pair mean;
    std::array<Pair, 2> root;  // rows of R
};

struct Expected {
    Pair nu_g{}, nu_gg{};
    Real square_g = 0, square_gg = 0;
};

struct Sample {
    Real weight;
    Pair x0;
};

/// The posterior as weighted nodes: exact for polynomials of degree 7.
std::vector<Sample> posterior_nodes(const std::vector<PlaneGaussian>& law, const Pair& x, Real noise) {
    std::vector<Sample> out;
    Real largest = -1e4000L;
    std::vector<Real> logs;
    for (const auto& c : law) {
        // S = R R^T; S + noise I inverted by hand.
        const auto& r = c.root;
        const Real s00 = r[0][0] * r[0][0] + r[0][1] * r[0][1], s11 = r[1][0] * r[1][0] + r[1][1] * r[1][1];
        const Real s01 = r[0][0] * r[1][0] + r[0][1] * r[1][1];
        const Real a = s00 + noise, b = s11 + noise, det = a * b - s01 * s01;
        const Pair d = {x[0] - c.mean[0], x[1] - c.mean[1]};
        const Pair u = {(b * d[0] - s01 * d[1]) / det, (a * d[1] - s01 * d[0]) / det};
        logs.push_back(std::log(c.weight) - 0.5L * (d[0] * u[0] + d[1] * u[1]) - 0.5L * std::log(det));
        largest = std::max(largest, logs.back());
        const Pair m = {c.mean[0] + s00 * u[0] + s01 * u[1], c.mean[1] + s01 * u[0] + s11 * u[1]};
        // C = noise (I - noise (S + noise)^-1), then its Cholesky factor.
        const Real c00 = noise * (s00 * b - s01 * s01) / det, c11 = noise * (s11 * a - s01 * s01) / det;
        const Real c01 = noise * noise * s01 / det;
        const Real l00 = std::sqrt(c00), l10 = c00 > 0 ? c01 / l00 : 0.0L;
        const Real l11 = std::sqrt(std::max(0.0L, c11 - l10 * l10));
        for (std::size_t i = 0; i < 4; ++i) {
            for (std::size_t j = 0; j < 4; ++j) {
                out.push_back(
                    {kWeights[i] * kWeights[j], {m[0] + l00 * kNodes[i], m[1] + l10 * kNodes[i] + l11 * kNodes[j]}});
            }
        }
    }
    Real sum = 0;
    for (std::size_t k = 0; k < law.size(); ++k) sum += std::exp(logs[k] - largest);
    for (std::size_t i = 0; i < out.size(); ++i) out[i].weight *= std::exp(logs[i / 16] - largest) / sum;
    return out;
}

Expected expected_moments(const std::vector<PlaneGaussian>& law, const Pair& x, Real noise) {
    const auto nodes = posterior_nodes(law, x, noise);
    Pair m{};
    for (const auto& n : nodes) {
        for (std::size_t i = 0; i < 2; ++i) m[i] += n.weight * n.x0[i];
    }
    const auto g = [&](const Pair& nu) {
        return 0.5L * (nu[0] * (x[0] - m[0]) + nu[1] * (x[1] - m[1]) - nu[0] * nu[0] - nu[1] * nu[1]);
    };
    Real mean_g = 0, mean_square = 0;
    for (const auto& n : nodes) {
        const Pair nu = {n.x0[0] - m[0], n.x0[1] - m[1]};
        mean_g += n.weight * g(nu);
        mean_square += n.weight * (nu[0] * nu[0] + nu[1] * nu[1]);
    }
    Expected out;
    for (const auto& n : nodes) {
        const Pair nu = {n.x0[0] - m[0], n.x0[1] - m[1]};
        const Real square = nu[0] * nu[0] + nu[1] * nu[1], deviation = g(nu) - mean_g;
        for (std::size_t i = 0; i < 2; ++i) {
            out.nu_g[i] += n.weight * nu[i] * deviation;
            out.nu_gg[i] += n.weight * nu[i] * deviation * deviation;
        }
        out.square_g += n.weight * square * deviation;
        out.square_gg += n.weight * (square - mean_square) * deviation * deviation;
    }
    return out;
}

/// Averages of the sizes |nu|^p |g|^q of what is averaged: what rounding errors are relative to.
struct Sizes {
    Real nu_g = 0, nu_gg = 0, square_g = 0, square_gg = 0;
};

Sizes sizes(const std::vector<Sample>& nodes, const Pair& x) {
    Pair m{};
    for (const auto& n : nodes) {
        for (std::size_t i = 0; i < 2; ++i) m[i] += n.weight * n.x0[i];
    }
    Sizes out{1e-300L, 1e-300L, 1e-300L, 1e-300L};
    for (const auto& n : nodes) {
        const Real nu = std::hypot(n.x0[0] - m[0], n.x0[1] - m[1]);
        const Real g = 0.5L * nu * (std::hypot(x[0] - m[0], x[1] - m[1]) + nu);
        out.nu_g += n.weight * nu * g;
        out.nu_gg += n.weight * nu * g * g;
        out.square_g += n.weight * nu * nu * g;
        out.square_gg += n.weight * nu * nu * g * g;
    }
    return out;
}

double worst_error(const Denoiser& denoiser, const std::vector<PlaneGaussian>& law, const Tile& x, const Row& sigma) {
    auto workspace = denoiser.workspace();
    ContractedMoments found(2);
    denoiser.contracted_moments(x, sigma, *workspace, found);
    double worst = 0.0;
    for (int c = 0; c < kTileWidth; ++c) {
        const Pair at = {x(0, c), x(1, c)};
        const Real noise = static_cast<Real>(sigma[c]) * sigma[c];
        const Expected expected = expected_moments(law, at, noise);
        const Sizes size = sizes(posterior_nodes(law, at, noise), at);
        const auto note = [&](Real value, Real exact, Real scale) {
            worst = std::max(worst, static_cast<double>(std::abs(value - exact) / scale));
        };
        for (std::size_t i = 0; i < 2; ++i) {
            note(found.nu_g(static_cast<int>(i), c), expected.nu_g[i], size.nu_g);
            note(found.nu_gg(static_cast<int>(i), c), expected.nu_gg[i], size.nu_gg);
        }
        note(found.square_g[c], expected.square_g, size.square_g);
        note(found.square_gg[c], expected.square_gg, size.square_gg);
    }
    return worst;
}

struct Case {
    Tile x = Tile(2, kTileWidth);
    Row sigma;
};

Case random_case(std::mt19937& random) {
    std::normal_distribution<double> normal;
    std::uniform_real_distribution<double> exponent(-2.0, 1.0);
    Case out;
    for (int c = 0; c < kTileWidth; ++c) {
        out.sigma[c] = std::pow(10.0, exponent(random));
        out.x.col(c) << 1.5 * normal(random), 1.5 * normal(random);
    }
    return out;
}

TEST(ContractedMoments, OfMixturesAreThoseOfTheQuadrature) {
    std::mt19937 random(7);
    std::normal_distribution<double> normal;
    double worst = 0.0;
    for (int trial = 0; trial < 30; ++trial) {
        std::vector<PlaneGaussian> law;
        MixtureLaw mixture{Eigen::VectorXd(3), {}};
        for (int k = 0; k < 3; ++k) {
            const double angle = normal(random), a = std::abs(normal(random)), b = k == 0 ? 0.0 : 0.3 * a;
            Eigen::MatrixXd axes(2, 2);
            axes << std::cos(angle), -std::sin(angle), std::sin(angle), std::cos(angle);
            const Eigen::Vector2d mean(normal(random), normal(random));
            mixture.weights[k] = 0.2 + k;
            mixture.components.push_back(component_of(mean, {Eigen::Vector2d(b * b, a * a), axes}));
            law.push_back(
                {0.2L + k, {mean[0], mean[1]}, {{{axes(0, 0) * b, axes(0, 1) * a}, {axes(1, 0) * b, axes(1, 1) * a}}}});
        }
        const Case at = random_case(random);
        worst = std::max(worst, worst_error(GaussianMixtureDenoiser(mixture), law, at.x, at.sigma));
    }
    testing_support::claim("contracted-moments-mixtures", worst);
    EXPECT_LE(worst, 1e-12);
}

TEST(ContractedMoments, OfCloudsAreThoseOfTheQuadrature) {
    std::mt19937 random(8);
    std::normal_distribution<double> normal;
    double worst = 0.0;
    for (const double width : {0.0, 0.3}) {
        for (int trial = 0; trial < 20; ++trial) {
            Eigen::MatrixXd points(2, 5);
            Eigen::VectorXd weights(5);
            std::vector<PlaneGaussian> law;
            for (int k = 0; k < 5; ++k) {
                points.col(k) << normal(random), normal(random);
                weights[k] = 0.5 + k;
                law.push_back({0.5L + k, {points(0, k), points(1, k)}, {{{width, 0.0L}, {0.0L, width}}}});
            }
            const IsotropicCloud cloud(CloudLaw{points, weights, width * width});
            const Case at = random_case(random);
            worst = std::max(worst, worst_error(cloud.posterior(), law, at.x, at.sigma));
        }
    }
    testing_support::claim("contracted-moments-clouds", worst);
    EXPECT_LE(worst, 1e-12);
}

}  // namespace
}  // namespace sigmaflow
