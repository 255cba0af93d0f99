// Ellipsoid shells against sums over the sphere and contours in many digits, their limits, geometry and refusals.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <numbers>
#include <sstream>
#include <string>

#include "distribution/laws.hpp"
#include "sigmaflow/distribution/ellipsoid_shell.hpp"
#include "sigmaflow/distribution/round_shell.hpp"
#include "sigmaflow/distribution/surface_shell.hpp"
#include "sigmaflow/numerics/decompositions.hpp"
#include "support/claim.hpp"
#include "support/shell_witness.hpp"

namespace sigmaflow {
namespace {

using testing_support::claim;
constexpr double eps = std::numeric_limits<double>::epsilon();
const Needs kAll{true, true, true, false};

PosteriorTile evaluate_at(const Denoiser& denoiser, const Eigen::VectorXd& x, double sigma) {
    Tile tile(x.size(), kTileWidth);
    tile.colwise() = x;
    PosteriorTile out(denoiser.dim(), kAll);
    denoiser.evaluate(tile, Row::Constant(sigma), kAll, *denoiser.workspace(), out);
    return out;
}

Eigen::Vector4d cumulants_at(const Denoiser& denoiser, const Eigen::VectorXd& x, double sigma,
                             const Eigen::VectorXd& direction) {
    Tile tile(x.size(), kTileWidth);
    tile.colwise() = x;
    Tile along(x.size(), kTileWidth);
    along.colwise() = direction;
    Tile out(4, kTileWidth);
    denoiser.cumulants(tile, Row::Constant(sigma), along, 4, *denoiser.workspace(), out);
    return out.col(kTileWidth - 1);  // columns that repeat the one before are copied
}

/// Axes of ratio up to `most`, sigma from 1e-3 to 1e3 of the shortest, and the places where posteriors are hard.
struct Case {
    Eigen::VectorXd axes, x, direction;
    double sigma = 1.0;

    Case(int k, std::int64_t trial, double most) : axes(k), x(k), direction(k) {
        Stream stream(31, k, trial, Purpose::test);
        const double ratio = std::pow(most, stream.uniform());
        for (auto& a : axes) a = std::pow(ratio, stream.uniform());
        if (stream.uniform() < 0.3) axes.head(k / 2).setOnes();
        axes[0] = 1.0;
        axes[k - 1] = ratio;
        sigma = std::pow(10.0, 6.0 * stream.uniform() - 3.0);
        for (auto& v : direction) v = stream.normal();
        draw_direction(stream, x);
        x = axes.cwiseProduct(x);
        place(stream);
    }

  private:
    void place(Stream& stream) {
        const int kind = static_cast<int>(6 * stream.uniform());
        if (kind < 2) {  // a noisy particle
            for (auto& v : x) v += sigma * stream.normal();
        } else if (kind == 2) {  // inside or outside
            x *= std::exp(stream.normal());
        } else if (kind == 3) {  // the centre
            x.setZero();
        } else if (kind == 4) {  // on planes of symmetry, where posteriors have two modes or more
            for (auto& v : x) v = stream.uniform() < 0.5 ? 0.0 : v;
        } else {  // beside the centre
            x *= 1e-3 * sigma;
        }
    }
};

struct Worst {
    double mean = 0.0;
    double covariance = 0.0;
    double log_density = 0.0;
    double cumulants = 0.0;  ///< over |C|^{K/2}
    double along = 0.0;      ///< the same over kappa_2^{K/2}, which is small in normal directions

    void record(const std::string& name) const {
        claim((name + "-mean").c_str(), mean);
        claim((name + "-covariance").c_str(), covariance);
        claim((name + "-log-density").c_str(), log_density);
        claim((name + "-cumulants").c_str(), cumulants);
        claim((name + "-cumulants-along").c_str(), along);
    }
};

/// `floor`: the part of the longest axis below which the witness does not know m.
void compare(const Denoiser& denoiser, const Case& at, const witness::ShellPosterior& truth, double floor,
             Worst& worst) {
    const PosteriorTile tile = evaluate_at(denoiser, at.x, at.sigma);
    const double mean =
        (tile.mean.col(0) - truth.mean).norm() / std::max(truth.mean.norm(), floor * at.axes.maxCoeff());
    const double covariance = (tile.covariance[0] - truth.covariance).norm() / truth.covariance.norm();
    // What the rounding of x and the axes does to the exponent |x - A u|^2 / 2 sigma^2 of the nearest point.
    const double length = at.axes.maxCoeff() + at.x.norm();
    const double rounding = eps * length * std::sqrt(std::abs(truth.log_density) + 10.0) / at.sigma;
    const double log_density =
        std::abs(tile.log_density[0] - truth.log_density) / (std::abs(truth.log_density) + 1.0 + 1e13 * rounding);
    EXPECT_LT(mean, 1e-11);
    EXPECT_LT(covariance, 1e-11);
    EXPECT_LT(log_density, 1e-12);
    EXPECT_NEAR(tile.trace[0], truth.covariance.trace(), 1e-11 * truth.covariance.trace());
    worst.mean = std::max(worst.mean, mean);
    worst.covariance = std::max(worst.covariance, covariance);
    worst.log_density = std::max(worst.log_density, log_density);

    const Eigen::Vector4d cumulants = cumulants_at(denoiser, at.x, at.sigma, at.direction);
    const double width = at.direction.norm() * std::sqrt(truth.covariance.norm());
    for (int k = 1; k < 4; ++k) {
        const double error =
            std::abs(cumulants[k] - truth.cumulants[static_cast<std::size_t>(k)]) / std::pow(width, k + 1);
        EXPECT_LT(error, 1e-12) << "kappa_" << k + 1;
        worst.cumulants = std::max(worst.cumulants, error);
        const double own = std::sqrt(truth.cumulants[1]) / width;
        worst.along = std::max(worst.along, error / std::pow(own, k + 1));
    }
    const double first = at.direction.norm() * (truth.mean.norm() + width);
    EXPECT_NEAR(cumulants[0], truth.cumulants[0], 1e-12 * first);
}

TEST(EllipsoidShell, AgreesWithSumsOverTheSphere) {
    for (const bool surface : {false, true}) {
        Worst worst;
        for (std::int64_t trial = 0; trial < 60; ++trial) {
            const int k = trial % 4 == 0 ? 3 : 2;
            SCOPED_TRACE("trial " + std::to_string(trial) + (surface ? ", surface" : ""));
            const Case at(k, trial, k == 3 && surface ? 8.0 : 30.0);
            const auto truth = witness::shell_by_quadrature(at.axes, at.x, at.sigma, surface, at.direction);
            if (surface) {
                compare(make_surface_shell(at.axes, k, false)->posterior(), at, truth, 1e-5, worst);
            } else {
                compare(EllipsoidShellDenoiser(at.axes, k), at, truth, 1e-5, worst);
            }
        }
        EXPECT_LT(worst.along, 1e-12);
        worst.record(surface ? "shell-surface" : "shell-quadrature");
    }
}

TEST(EllipsoidShell, AgreesWithAContourInManyDigits) {
    Worst worst;
    for (const int k : {2, 3, 4, 5, 10, 64}) {
        for (std::int64_t trial = 0; trial < (k > 10 ? 6 : 60); ++trial) {
            SCOPED_TRACE("k " + std::to_string(k) + ", trial " + std::to_string(trial));
            const Case at(k, 1000 + trial, 30.0);
            const auto truth = witness::shell_by_contour(at.axes, at.x, at.sigma, at.direction);
            compare(EllipsoidShellDenoiser(at.axes, k), at, truth, 1e-30, worst);
        }
    }
    EXPECT_LT(worst.along, 1e-12);
    worst.record("shell-contour");
}

/// The normal of the shell below the posterior mean, tilted by 1e-8 to 1.
Eigen::VectorXd nearly_normal(const Eigen::VectorXd& axes, const Eigen::VectorXd& mean, Stream& stream) {
    Eigen::VectorXd out = mean.array() / axes.array().square();
    if (out.norm() > 0.0) out.normalize();
    const double tilt = std::pow(10.0, -8.0 * stream.uniform());
    for (auto& v : out) v += tilt * stream.normal();
    return out;
}

double worst_cumulant_along(const Denoiser& denoiser, const Case& at, const witness::ShellPosterior& truth) {
    const Eigen::Vector4d kappa = cumulants_at(denoiser, at.x, at.sigma, at.direction);
    double worst = std::abs(kappa[0] - truth.cumulants[0]) / (at.direction.norm() * (at.axes.norm() + at.x.norm()));
    for (int k = 1; k < 4; ++k) {
        const double error = std::abs(kappa[k] - truth.cumulants[static_cast<std::size_t>(k)]);
        worst = std::max(worst, error / std::pow(truth.cumulants[1], 0.5 * (k + 1)));
    }
    return worst;
}

// Along a normal the form varies by the curvature alone: kappa_2 down to 1e-11 of |C|, and all orders relative to it.
TEST(EllipsoidShell, CumulantsKeepTheirDigitsInNearlyNormalDirections) {
    double ellipsoids = 0.0;
    double round = 0.0;
    for (const int k : {2, 3, 4, 10}) {
        for (std::int64_t trial = 0; trial < 24; ++trial) {
            SCOPED_TRACE("k " + std::to_string(k) + ", trial " + std::to_string(trial));
            Case at(k, 5000 + trial, 30.0);
            if (trial % 3 == 0) at.axes.setConstant(1.25);
            const EllipsoidShell law(at.axes, k);
            Stream stream(31, k, trial, Purpose::arrangement);
            at.direction = nearly_normal(at.axes, evaluate_at(law.posterior(), at.x, at.sigma).mean.col(0), stream);
            const auto truth = witness::shell_by_contour(at.axes, at.x, at.sigma, at.direction);
            const double error = worst_cumulant_along(law.posterior(), at, truth);
            EXPECT_LT(error, 1e-12);
            (trial % 3 == 0 ? round : ellipsoids) = std::max(trial % 3 == 0 ? round : ellipsoids, error);
        }
    }
    claim("shell-normal-cumulants", ellipsoids);
    claim("shell-round-normal-cumulants", round);
}

TEST(SurfaceShell, CumulantsKeepTheirDigitsInNearlyNormalDirections) {
    double worst = 0.0;
    for (std::int64_t trial = 0; trial < 12; ++trial) {
        SCOPED_TRACE("trial " + std::to_string(trial));
        const int k = trial % 6 == 0 ? 3 : 2;
        Case at(k, 5000 + trial, k == 3 ? 4.0 : 30.0);
        const auto law = make_surface_shell(at.axes, k, false);
        Stream stream(31, k, trial, Purpose::arrangement);
        at.direction = nearly_normal(at.axes, evaluate_at(law->posterior(), at.x, at.sigma).mean.col(0), stream);
        const auto truth = witness::shell_by_quadrature(at.axes, at.x, at.sigma, true, at.direction, 120.0);
        const double error = worst_cumulant_along(law->posterior(), at, truth);
        EXPECT_LT(error, 1e-12);
        worst = std::max(worst, error);
    }
    claim("shell-surface-normal-cumulants", worst);
}

TEST(RoundShell, AgreesWithTheContoursAndKeepsTheRadialVariance) {
    Worst worst;
    double radial = 0.0;
    for (const int k : {2, 3, 10, 64}) {
        for (std::int64_t trial = 0; trial < 20; ++trial) {
            SCOPED_TRACE("k " + std::to_string(k) + ", trial " + std::to_string(trial));
            Case at(k, trial, 30.0);
            at.axes.setConstant(1.25);
            if (at.x.norm() > 0.0) at.direction = at.x.normalized();
            const auto truth = witness::shell_by_contour(at.axes, at.x, at.sigma, at.direction);
            compare(RoundShellDenoiser(1.25, k, k), at, truth, 1e-30, worst);
            if (at.x.norm() == 0.0 || at.sigma < 0.01) continue;
            const PosteriorTile tile = evaluate_at(RoundShellDenoiser(1.25, k, k), at.x, at.sigma);
            const double along = at.direction.dot(tile.covariance[0] * at.direction);
            // The entries of C hold it only to eps of the tangential variance.
            radial =
                std::max(radial, std::abs(along - truth.cumulants[1]) / (truth.cumulants[1] + 1e-3 * tile.trace[0]));
        }
    }
    EXPECT_LT(radial, 1e-11);
    EXPECT_LT(worst.along, 1e-12);
    worst.record("shell-round");
}

TEST(RoundShell, IsTheLimitOfNearlyRoundOnes) {
    for (const double sigma : {1e-3, 0.3, 20.0}) {
        const Eigen::Vector4d x(0.3, -1.0, 0.2, 0.9);
        const PosteriorTile round = evaluate_at(RoundShellDenoiser(1.5, 3, 4), x, sigma);
        const PosteriorTile other = evaluate_at(EllipsoidShellDenoiser(Eigen::Vector3d::Constant(1.5), 4), x, sigma);
        EXPECT_LT((round.mean.col(0) - other.mean.col(0)).norm(), 1e-14);
        EXPECT_LT((round.covariance[0] - other.covariance[0]).norm(), 1e-13 * round.covariance[0].norm());
        EXPECT_NEAR(round.log_density[0], other.log_density[0], 1e-12 * (1.0 + std::abs(round.log_density[0])));
    }
}

// Shift rule: a_i = sigma sqrt(2 (theta_i + c)), x_i = gamma_i sigma^2 / a_i.
TEST(EllipsoidShell, AgreesWithTheTableOfNormalisers) {
    std::ifstream file(SIGMAFLOW_SOURCE_DIR "/tests/data/fisher_bingham.csv");
    double worst = 0.0;
    int rows = 0;
    const auto numbers = [](const std::string& text) {
        std::istringstream stream(text);
        std::vector<double> out;
        for (double number = 0.0; stream >> number;) out.push_back(number);
        return Eigen::VectorXd(Eigen::Map<const Eigen::VectorXd>(out.data(), static_cast<Eigen::Index>(out.size())));
    };
    for (std::string line; std::getline(file, line);) {
        if (line.empty() || line[0] == '#' || line[0] == 'p') continue;
        std::istringstream cells(line);
        std::vector<std::string> row;
        for (std::string cell; std::getline(cells, cell, ';');) row.push_back(cell);
        const Eigen::VectorXd theta = numbers(row[1]);
        const Eigen::VectorXd gamma = numbers(row[2]);
        const int k = static_cast<int>(theta.size());
        for (const double sigma : {0.01, 1.0, 50.0}) {
            for (const double lift : {0.5, 3.0}) {
                const double c = lift - theta.minCoeff();
                const Eigen::VectorXd axes = sigma * (2.0 * (theta.array() + c)).sqrt();
                const Eigen::VectorXd x = sigma * sigma * gamma.array() / axes.array();
                const EllipsoidShell law(axes, k);
                const double log_density = evaluate_at(law.posterior(), x, sigma).log_density[0];
                const double log_area = std::numbers::ln2 + 0.5 * k * std::log(std::numbers::pi) - std::lgamma(0.5 * k);
                const double value = log_density + 0.5 * k * std::log(2.0 * std::numbers::pi * sigma * sigma) +
                                     x.squaredNorm() / (2.0 * sigma * sigma) + log_area + c;
                const double error = std::abs(value - std::stod(row[3]));
                EXPECT_LT(error, 1e-11) << line;
                worst = std::max(worst, error);
            }
        }
        ++rows;
    }
    EXPECT_EQ(rows, 9);
    claim("shell-table", worst);
}

// C/sigma^2 = 1/(1 + curvature x distance) along the principal directions at the foot of x.
TEST(EllipsoidShell, ObeysTheCurvatureLawOffTheShell) {
    const Eigen::Vector3d axes(2.0, 1.0, 0.7);
    double worst = 0.0;
    for (const bool surface : {false, true}) {
        const auto law = surface ? make_surface_shell(axes, 4, false) : std::make_unique<EllipsoidShell>(axes, 4);
        for (int pole = 0; pole < 3; ++pole) {
            for (const double distance : {-0.1, 0.0, 0.5, 3.0}) {
                const double sigma = 1e-5;
                Eigen::Vector4d x = Eigen::Vector4d::Zero();
                x[pole] = axes[pole] + distance;
                x[3] = 0.25;  // normal to the span: without effect
                const Eigen::MatrixXd c = evaluate_at(law->posterior(), x, sigma).covariance[0] / (sigma * sigma);
                for (int i = 0; i < 3; ++i) {
                    const double curvature = axes[pole] / (axes[i] * axes[i]);
                    const double expected = i == pole ? 0.0 : 1.0 / (1.0 + curvature * distance);
                    EXPECT_NEAR(c(i, i), expected, 2e-8) << pole << " " << distance << " " << i;
                    worst = std::max(worst, std::abs(c(i, i) - expected));
                }
                EXPECT_EQ(c(3, 3), 0.0);
            }
        }
    }
    claim("shell-curvature", worst);
}

TEST(RoundShell, ObeysTheCurvatureLawOffTheShell) {
    const RoundShellDenoiser law(2.0, 5, 5);
    for (const double r : {0.5, 1.0, 2.0, 7.0}) {
        const double sigma = 1e-6;
        const Eigen::VectorXd x = r * Eigen::VectorXd::Unit(5, 2);
        const Eigen::MatrixXd c = evaluate_at(law, x, sigma).covariance[0] / (sigma * sigma);
        for (int i = 0; i < 5; ++i) EXPECT_NEAR(c(i, i), i == 2 ? 0.0 : 2.0 / r, 1e-10);
    }
}

TEST(EllipsoidShell, SplitsIntoTangentAndNormalDirectionsNearTheShell) {
    const auto law = test::make("ellipsoid_shell",
                                {{"axes", test::list({1, 1.5, 0.5, 2, 1, 1, 1.2, 0.8, 1, 3})}, {"dim", Value(14)}});
    const double sigma = 1e-4;
    Tile x;
    law->sample({8, 8}, {0, kTileWidth}, x);
    Stream stream(8, 9, 1, Purpose::test);
    for (int c = 0; c < kTileWidth; ++c) {
        for (int i = 0; i < 14; ++i) x(i, c) += sigma * stream.normal();
    }
    const PosteriorTile tile = test::evaluate(*law, x, Row::Constant(sigma), kAll);
    for (int c = 0; c < kTileWidth; ++c) {
        const Eigen::VectorXd values =
            symmetric_eigenpairs(tile.covariance[static_cast<std::size_t>(c)]).values / (sigma * sigma);
        for (int i = 0; i < 14; ++i) EXPECT_NEAR(values[i], i < 5 ? 0.0 : 1.0, 40 * sigma);
    }
}

TEST(EllipsoidShell, CollapsesToTheShortestAxisAtItsCentre) {
    const Eigen::Vector3d axes(1.0, 0.5, 2.0);
    for (const double sigma : {1e-2, 1e-5, 1e-8}) {
        const PosteriorTile tile = evaluate_at(EllipsoidShell(axes, 3).posterior(), Eigen::Vector3d::Zero(), sigma);
        EXPECT_EQ(tile.mean.col(0).norm(), 0.0);
        EXPECT_NEAR(tile.covariance[0](1, 1), 0.25, 3 * sigma * sigma + 1e-15);
        // Around the poles +-(0, 1/2, 0), at distance 1/2 inside: 1/(1 - curvature/2) each.
        EXPECT_NEAR(tile.covariance[0](0, 0) / (sigma * sigma), 1.0 / (1.0 - 0.25), 10 * sigma + 1e-12);
        EXPECT_NEAR(tile.covariance[0](2, 2) / (sigma * sigma), 1.0 / (1.0 - 0.25 / 4.0), 10 * sigma + 1e-12);
    }
}

TEST(EllipsoidShell, HoldsInFourThousandDimensions) {
    constexpr int k = 4096;
    Eigen::VectorXd axes(k);
    for (int i = 0; i < k; ++i) axes[i] = 1.0 + 29.0 * i / (k - 1.0);
    const EllipsoidShell law(axes, k);
    const Needs needs{true, true, false, false};
    const auto workspace = law.posterior().workspace();
    Tile x;
    law.sample({3, 3}, {0, kTileWidth}, x);
    for (const double sigma : {1e-8, 1e-3, 1.0, 1e3, 1e8}) {
        PosteriorTile out(k, needs);
        law.posterior().evaluate(x, Row::Constant(sigma), needs, *workspace, out);
        EXPECT_TRUE(out.mean.allFinite() && out.trace.isFinite().all() && out.log_density.isFinite().all());
        const double prior = law.moments().covariance.trace();
        for (int c = 0; c < kTileWidth; ++c) {
            if (sigma == 1e-8) {
                EXPECT_NEAR(out.trace[c], (k - 1) * sigma * sigma, 1e-6 * k * sigma * sigma);
                EXPECT_LT((out.mean.col(c) - x.col(c)).norm(), 1e-12 * x.col(c).norm());
            }
            if (sigma == 1e8) {
                EXPECT_NEAR(out.trace[c], prior, 1e-9 * prior);
            }
        }
    }
}

// kappa_4 is the third derivative of m, which the central moment is not.
TEST(EllipsoidShell, CumulantsAreDerivativesOfTheMean) {
    const Eigen::Vector3d axes(1.0, 0.6, 1.4);
    const Eigen::Vector3d x(0.4, 0.5, -0.8);
    const Eigen::Vector3d v = Eigen::Vector3d(1.0, -0.5, 0.3).normalized();
    const double sigma = 0.5;
    for (const bool surface : {false, true}) {
        const auto law = surface ? make_surface_shell(axes, 3, false) : std::make_unique<EllipsoidShell>(axes, 3);
        const auto along = [&](double t) { return v.dot(evaluate_at(law->posterior(), x + t * v, sigma).mean.col(0)); };
        const double h = 0.02;
        const Eigen::Vector4d kappa = cumulants_at(law->posterior(), x, sigma, v);
        const double square = sigma * sigma;
        EXPECT_NEAR(kappa[0], along(0.0), 1e-14);
        const double first = (8 * (along(h) - along(-h)) - (along(2 * h) - along(-2 * h))) / (12 * h);
        const double second =
            (16 * (along(h) + along(-h)) - (along(2 * h) + along(-2 * h)) - 30 * along(0)) / (12 * h * h);
        const double third =
            (-13 * (along(h) - along(-h)) + 8 * (along(2 * h) - along(-2 * h)) - (along(3 * h) - along(-3 * h))) /
            (8 * h * h * h);
        EXPECT_NEAR(kappa[1] / square, first, 1e-5 * std::abs(first));
        EXPECT_NEAR(kappa[2] / std::pow(square, 2), second, 1e-4 * std::abs(first));
        EXPECT_NEAR(kappa[3] / std::pow(square, 3), third, 2e-3 * std::abs(third));
        EXPECT_GT(std::abs(3 * kappa[1] * kappa[1] / std::pow(square, 3)), 0.1 * std::abs(third));
    }
}

// m = x + sigma^2 grad ln p and C = sigma^2 Dm by differences of two orders (Richardson).
TEST(EllipsoidShell, ObeysTweedieToEightDigits) {
    double worst = 0.0;
    const Eigen::Vector3d axes(1.0, 0.6, 1.4);
    for (const bool surface : {false, true}) {
        const auto law = surface ? make_surface_shell(axes, 3, false) : std::make_unique<EllipsoidShell>(axes, 3);
        for (const double sigma : {0.2, 0.7, 3.0}) {
            const Eigen::Vector3d x(0.4, 0.5, -0.8);
            const PosteriorTile centre = evaluate_at(law->posterior(), x, sigma);
            for (int i = 0; i < 3; ++i) {
                const auto at = [&](double t) {
                    return evaluate_at(law->posterior(), x + t * Eigen::Vector3d::Unit(i), sigma);
                };
                const double h = 4e-3 * sigma;
                double slope = 0.0;
                Eigen::Vector3d gradient = Eigen::Vector3d::Zero();
                const std::array<double, 3> rule{1.5, -0.6, 0.1};  // of order h^6
                for (int n = 1; n <= 3; ++n) {
                    const PosteriorTile up = at(n * h);
                    const PosteriorTile down = at(-n * h);
                    const double factor = rule[static_cast<std::size_t>(n - 1)] / (2 * n * h);
                    slope += factor * (up.log_density[0] - down.log_density[0]);
                    gradient += factor * (up.mean.col(0) - down.mean.col(0));
                }
                const double tweedie = std::abs(x[i] + sigma * sigma * slope - centre.mean(i, 0));
                const double jacobian = (sigma * sigma * gradient - centre.covariance[0].col(i)).norm();
                EXPECT_LT(tweedie, 1e-8);
                EXPECT_LT(jacobian, 1e-8 * centre.covariance[0].norm() + 1e-9 * sigma * sigma);
                worst = std::max(worst, tweedie);
            }
        }
    }
    claim("shell-tweedie", worst);
}

TEST(EllipsoidShell, NormalizeMakesItRoundOrKeepsTheShape) {
    const auto axes = test::list({1.0, 2.0, 3.0});
    const auto round =
        test::make("ellipsoid_shell", {{"axes", axes}, {"dim", Value(5)}, {"normalize", Value("identity")}});
    EXPECT_LT((dynamic_cast<const EllipsoidShell&>(*round).axes().array() - std::sqrt(3.0)).abs().maxCoeff(), 1e-15);
    const auto centred = test::make("ellipsoid_shell", {{"axes", axes}, {"normalize", Value("center")}});
    EXPECT_EQ(dynamic_cast<const EllipsoidShell&>(*centred).axes(), Eigen::VectorXd(Eigen::Vector3d(1, 2, 3)));
    // The surface measure of a sphere is the pushforward.
    const auto sphere = test::make("ellipsoid_shell", {{"dim", Value(3)}, {"measure", Value("surface")}});
    EXPECT_NE(dynamic_cast<const EllipsoidShell*>(sphere.get()), nullptr);
    const auto surface = test::make("ellipsoid_shell",
                                    {{"axes", axes}, {"measure", Value("surface")}, {"normalize", Value("identity")}});
    EXPECT_LT((surface->moments().covariance - Eigen::Matrix3d::Identity()).norm(), 1e-13);
}

TEST(EllipsoidShell, RefusesWhatIsNoShell) {
    const auto refusal = [](const Value::Table& table) {
        try {
            test::make("ellipsoid_shell", table);
        } catch (const InputError& error) {
            return std::string(error.what());
        }
        return std::string();
    };
    EXPECT_NE(refusal({{"axes", test::list({1.0})}}).find("two points"), std::string::npos);
    EXPECT_NE(refusal({{"dim", Value(1)}}).find("two_deltas"), std::string::npos);
    EXPECT_NE(refusal({}).find("dimension"), std::string::npos);
    EXPECT_NE(refusal({{"axes", test::list({})}}), "");
    EXPECT_NE(refusal({{"axes", test::list({1.0, 0.0})}}), "");
    EXPECT_NE(refusal({{"axes", test::list({1.0, -2.0})}}), "");
    EXPECT_NE(refusal({{"axes", test::list({1.0, 2.0})}, {"radius", Value(1.0)}}).find("radius"), std::string::npos);
    EXPECT_NE(refusal({{"axes", test::list({1.0, 2.0, 3.0})}, {"dim", Value(2)}}).find("less than"), std::string::npos);
    const auto four = test::list({1.0, 2.0, 3.0, 4.0});
    EXPECT_NE(refusal({{"axes", four}, {"measure", Value("surface")}}).find("at most 3"), std::string::npos);
    EXPECT_NE(refusal({{"axes", four}, {"measure", Value("volume")}}), "");
}

// The share of arc length in the first quadrant below each angle, by chords.
TEST(SurfaceShell, SamplesUniformlyByArcLength) {
    const double a = 2.0;
    const double b = 0.25;
    const auto law = make_surface_shell(Eigen::Vector2d(a, b), 2, false);
    constexpr int count = 400 * kTileWidth;
    std::vector<double> angles;
    Tile x;
    for (int first = 0; first < count; first += kTileWidth) {
        law->sample({6, 2}, {first, kTileWidth}, x);
        for (int c = 0; c < kTileWidth; ++c) {
            EXPECT_NEAR(std::hypot(x(0, c) / a, x(1, c) / b), 1.0, 1e-14);
            angles.push_back(std::atan2(std::abs(x(1, c)) / b, std::abs(x(0, c)) / a));
        }
    }
    std::sort(angles.begin(), angles.end());
    constexpr int steps = 100000;
    std::vector<double> length(steps + 1, 0.0);
    for (int i = 0; i < steps; ++i) {
        const double s = 0.5 * std::numbers::pi * i / steps;
        const double t = 0.5 * std::numbers::pi * (i + 1) / steps;
        length[static_cast<std::size_t>(i + 1)] =
            length[static_cast<std::size_t>(i)] +
            std::hypot(a * (std::cos(t) - std::cos(s)), b * (std::sin(t) - std::sin(s)));
    }
    double distance = 0.0;  // of Kolmogorov and Smirnov
    for (int i = 0; i < count; ++i) {
        const double place = angles[static_cast<std::size_t>(i)] / (0.5 * std::numbers::pi) * steps;
        const double expected = length[static_cast<std::size_t>(place)] / length.back();
        distance = std::max(distance, std::abs(expected - (i + 0.5) / count));
    }
    EXPECT_LT(distance, 1.9 / std::sqrt(count));
}

}  // namespace
}  // namespace sigmaflow
