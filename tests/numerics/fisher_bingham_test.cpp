#include "sigmaflow/numerics/fisher_bingham.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <numbers>
#include <sstream>
#include <string>
#include <vector>

#include "sigmaflow/numerics/fisher_bingham_root.hpp"
#include "sigmaflow/numerics/random.hpp"
#include "support/claim.hpp"

namespace sigmaflow {
namespace {

/// ln C(theta, gamma) with noise = 1/2, so that D = lambda and p = gamma/2, and the rule for a shift of theta.
double log_normaliser(const Eigen::VectorXd& theta, const Eigen::VectorXd& gamma) {
    const Eigen::Index k = theta.size();
    const double least = theta.minCoeff();
    const Eigen::VectorXd excess = theta.array() - least;
    const Eigen::VectorXd pull = 0.5 * gamma;
    FisherBingham law(static_cast<int>(k));
    law.solve(excess.data(), pull.data(), 0.5);
    EXPECT_TRUE(law.converged());
    const Eigen::ArrayXd d = excess.array() + law.saddle();
    return std::numbers::ln2 + 0.5 * static_cast<double>(k) * std::log(std::numbers::pi) - 0.5 * d.log().sum() +
           law.saddle() + (pull.array().square() / d).sum() + law.log_contour() - least;
}

Eigen::VectorXd numbers(const std::string& text) {
    std::istringstream stream(text);
    std::vector<double> out;
    for (double number = 0.0; stream >> number;) out.push_back(number);
    return Eigen::Map<const Eigen::VectorXd>(out.data(), static_cast<Eigen::Index>(out.size()));
}

TEST(FisherBingham, AgreesWithTheTable) {
    std::ifstream file(SIGMAFLOW_SOURCE_DIR "/tests/data/fisher_bingham.csv");
    int rows = 0;
    double worst = 0.0;
    for (std::string line; std::getline(file, line);) {
        if (line.empty() || line[0] == '#' || line[0] == 'p') continue;
        std::istringstream cells(line);
        std::vector<std::string> row;
        for (std::string cell; std::getline(cells, cell, ';');) row.push_back(cell);
        const double expected = std::stod(row[3]);
        const double error = std::abs(log_normaliser(numbers(row[1]), numbers(row[2])) - expected);
        EXPECT_LT(error, 1e-13) << line;
        worst = std::max(worst, error);
        ++rows;
    }
    EXPECT_EQ(rows, 9);
    testing_support::claim("shell-fisher-bingham-table", worst);
}

/// lambda from 1e-2 to 1e8 of very different axes, gamma from 0 to far outside.
struct RandomLaw {
    explicit RandomLaw(int k, std::int64_t trial) : excess(k), pull(k) {
        Stream stream(21, 4, trial, Purpose::test);
        noise = std::exp(6.0 * stream.normal() - 2.0);
        const double size = stream.uniform() < 0.3 ? 0.0 : std::exp(2.0 * stream.normal());
        for (auto& e : excess) e = std::exp(3.0 * stream.normal());
        for (auto& p : pull) p = stream.uniform() < 0.4 ? 0.0 : size * stream.normal();
        excess.array() -= excess.minCoeff();
    }
    Eigen::VectorXd excess, pull;
    double noise;
};

// sum_i E u_i^2 = 1, whatever the law: it ties saddle, centres, nodes and variances together.
TEST(FisherBingham, StaysOnTheSphere) {
    double worst = 0.0;
    int most = 0;
    double sum = 0.0;
    int count = 0;
    for (const int k : {2, 3, 4, 7, 8, 9, 17, 64, 513, 4096}) {
        FisherBingham law(k);
        const int trials = k > 500 ? 5 : 300;
        for (std::int64_t trial = 0; trial < trials; ++trial) {
            const RandomLaw random(k, trial);
            law.solve(random.excess.data(), random.pull.data(), random.noise);
            const double* variance = law.variance();
            double square = 0.0;
            for (int i = 0; i < k; ++i) square += law.mean()[i] * law.mean()[i] + variance[i];
            ASSERT_NEAR(square, 1.0, 1e-12) << "k " << k << ", trial " << trial << ", nodes " << law.nodes();
            ASSERT_TRUE(law.converged());
            worst = std::max(worst, std::abs(square - 1.0));
            most = std::max(most, law.nodes());
            sum += law.nodes();
            ++count;
        }
    }
    EXPECT_LE(most, 512);
    testing_support::claim("shell-sphere", worst);
    testing_support::claim("shell-nodes-most", most);
    testing_support::claim("shell-nodes-average", sum / count);
}

// Places on and near the planes of symmetry of an ellipsoid, where modes split: there the integrand has two scales.
TEST(FisherBingham, FewNodesWhereModesSplit) {
    int most = 0;
    Stream stream(21, 5, 0, Purpose::test);
    for (int trial = 0; trial < 6000; ++trial) {
        const int k = trial % 3 == 0 ? 3 : 2;
        const double ratio = trial % 2 == 0 ? 30.0 : std::pow(30.0, stream.uniform());
        const double sigma = std::pow(10.0, 6.0 * stream.uniform() - 3.0);
        Eigen::VectorXd axes = Eigen::VectorXd::Constant(k, std::sqrt(ratio));
        axes[0] = 1.0;
        axes[k - 1] = ratio;
        Eigen::VectorXd x(k);
        for (auto& v : x) v = stream.normal();
        x = axes.cwiseProduct(x.normalized());
        for (Eigen::Index i = 0; i + 1 < k; ++i) x[i] *= trial % 5 == 0 ? 0.0 : std::pow(10.0, -3.0 * stream.uniform());
        if (trial % 7 == 0) x *= std::exp(stream.normal());
        const Eigen::VectorXd excess = (axes.array().square() - 1.0) / (ratio * ratio);
        const Eigen::VectorXd pull = axes.cwiseProduct(x) / (ratio * ratio);
        FisherBingham law(k);
        law.solve(excess.data(), pull.data(), sigma * sigma / (ratio * ratio));
        ASSERT_TRUE(law.converged()) << "trial " << trial;
        most = std::max(most, law.nodes());
    }
    EXPECT_LE(most, 512);
    testing_support::claim("shell-nodes-splitting", most);
}

TEST(FisherBingham, CovarianceIsSymmetricAndAnnihilatesTheRadiusOnTheAverage) {
    for (const int k : {2, 5, 40}) {
        RandomLaw random(k, 77);
        for (int i = 0; i < k; ++i) random.pull[i] = 0.5 + 0.3 * i;
        FisherBingham law(k);
        law.solve(random.excess.data(), random.pull.data(), random.noise);
        const Eigen::VectorXd scale = Eigen::VectorXd::Constant(k, 2.0);
        Eigen::MatrixXd covariance(k, k);
        law.covariance(scale.data(), covariance);
        EXPECT_EQ(covariance, Eigen::MatrixXd(covariance.transpose()));
        const double* variance = law.variance();
        for (int i = 0; i < k; ++i) EXPECT_EQ(covariance(i, i), 4.0 * variance[i]);
        // kappa_2 along a direction is c^T C c.
        Eigen::VectorXd c(k);
        for (int i = 0; i < k; ++i) c[i] = std::cos(1.0 + i);
        const auto cumulants = law.cumulants(c.data()).kappa;
        EXPECT_NEAR(cumulants[1], 0.25 * c.dot(covariance * c), 1e-13 * c.squaredNorm() * covariance.norm());
        double mean = 0.0;
        for (int i = 0; i < k; ++i) mean += c[i] * law.mean()[i];
        EXPECT_NEAR(cumulants[0], mean, 1e-14);
    }
}

// Uniform on the sphere: E u_1^4 - 3 (E u_1^2)^2 = -6 / (k^2 (k + 2)).
TEST(FisherBingham, CumulantsOfTheUniformSphere) {
    for (const int k : {2, 3, 10}) {
        const Eigen::VectorXd zero = Eigen::VectorXd::Zero(k);
        FisherBingham law(k);
        law.solve(zero.data(), zero.data(), 1.0);
        const Eigen::VectorXd c = Eigen::VectorXd::Unit(k, 0);
        const auto cumulants = law.cumulants(c.data()).kappa;
        EXPECT_NEAR(cumulants[1], 1.0 / k, 1e-15);
        EXPECT_NEAR(cumulants[2], 0.0, 1e-15);
        EXPECT_NEAR(cumulants[3], -6.0 / (k * k * (k + 2.0)), 1e-15);
    }
}

// The perimeter of an ellipse is 4 a E(e), which is 2 pi a times the average of sqrt(q).
TEST(FisherBinghamRoot, AveragesTheRootExactly) {
    double worst = 0.0;
    for (const double ratio : {1.0, 1.5, 4.0, 30.0, 1000.0}) {
        FisherBinghamRoot law(Eigen::Vector2d(1.0, 1.0 / (ratio * ratio)));
        const double zero[2] = {0.0, 0.0};
        law.solve(zero, zero, 1.0);
        const double eccentricity = std::sqrt(1.0 - 1.0 / (ratio * ratio));
        const double expected = std::log(2.0 / std::numbers::pi * std::comp_ellint_2(eccentricity));
        EXPECT_NEAR(law.log_average(), expected, 1e-13);
        worst = std::max(worst, std::abs(law.log_average() - expected));
        EXPECT_NEAR(law.covariance().trace(), 1.0, 1e-13);
    }
    testing_support::claim("shell-root-average", worst);
}

TEST(FisherBinghamRoot, OfEqualWeightsChangesNothing) {
    for (const int k : {2, 3, 12}) {
        const RandomLaw random(k, 5);
        FisherBingham plain(k);
        plain.solve(random.excess.data(), random.pull.data(), random.noise);
        FisherBinghamRoot law(Eigen::VectorXd::Ones(k));
        law.solve(random.excess.data(), random.pull.data(), random.noise);
        EXPECT_NEAR(law.log_average(), 0.0, 1e-13);
        Eigen::MatrixXd covariance(k, k);
        plain.covariance(Eigen::VectorXd::Ones(k).eval().data(), covariance);
        EXPECT_LT((law.covariance() - covariance).norm(), 1e-13 * covariance.norm());
        for (int i = 0; i < k; ++i) EXPECT_NEAR(law.mean()[i], plain.mean()[i], 1e-14);
    }
}

}  // namespace
}  // namespace sigmaflow
